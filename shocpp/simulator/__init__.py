"""Runs simulated charge points: gives them a clock, chance and a connection. The charge point itself is pure."""
