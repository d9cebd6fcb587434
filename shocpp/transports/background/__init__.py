"""What waits for a disk or a password hash, in threads and processes of its own, so that no loop does."""
