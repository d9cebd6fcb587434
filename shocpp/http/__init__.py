"""Messages of HTTP/1.1: bytes to requests or responses with their bodies, and back; no socket and no clock."""
