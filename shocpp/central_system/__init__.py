"""What each message of a charge point means: payload and context in, effects out. Pure."""
