"""One backend for each charge point: serves messages, performs effects in order, carries commands, observes."""
