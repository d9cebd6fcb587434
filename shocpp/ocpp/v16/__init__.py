"""What belongs to OCPP 1.6: operations, schemas, validators, payload rules. Pure."""
