"""Charge points in Home Assistant, over a message broker."""
