"""One backend for each charge point: serves messages, in order; JSON lines, commands and sightings around it."""
