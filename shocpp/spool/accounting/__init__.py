"""accounting/: records of charges, months that are settled, what was booked before."""
