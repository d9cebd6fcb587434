"""What is seen of each charge point now: rows for people, metrics for Prometheus."""
