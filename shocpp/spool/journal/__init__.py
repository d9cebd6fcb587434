"""The journal: one line for each frame and event, written, read back, followed."""
