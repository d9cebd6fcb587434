"""What the messages of OCPP 1.6 mean. Pure."""
