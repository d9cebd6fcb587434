"""What is seen of charge points now, read from the disk: what shocpp-status, Prometheus and the page show."""
