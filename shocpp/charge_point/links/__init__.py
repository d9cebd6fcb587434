"""How a simulated charge point, or a fleet of them, reaches its central system."""
