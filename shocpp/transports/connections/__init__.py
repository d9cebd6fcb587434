"""One connection each: from bytes through admission to messages, and answers the same way back."""
