"""Carry bytes between a peer and a backend; know nothing of each other."""
