"""The pages for phones and desks: what is charging, start and stop, the month, the operator\x27s tools."""
