"""What is on the wire of a connection: bytes in and out, messages and lines made of them. No socket."""
