"""Every touch of the disk."""
