"""Where what was measured goes to: other people's servers."""
