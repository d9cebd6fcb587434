"""What a person plays on a simulated charge point: scripts and typed lines."""
