"""run/: mailboxes, what was last seen of each charge point, charges that are open."""
