"""The CGI page with its canned calls."""
