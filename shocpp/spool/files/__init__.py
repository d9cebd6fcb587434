"""Files as such: whole or not at all, locked, waited for, named safely, owned by whom."""
