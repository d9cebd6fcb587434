"""The OCPP-J protocol: frames, RPC, payloads. Knows no files and no accounts; pure."""
