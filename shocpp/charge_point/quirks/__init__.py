"""What real charge points do against the specification, as switches. Pure."""
