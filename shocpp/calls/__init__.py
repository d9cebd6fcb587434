"""What the shell, CGI and a page share when they ask something of a charge point."""
