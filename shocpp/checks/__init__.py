"""What is wrong with configuration and folders: for shocpp-check and for the page."""
