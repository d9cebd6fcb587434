"""OCPP over SOAP, whoever takes the HTTP: requests and their answers; a program of its own behind a web server."""
