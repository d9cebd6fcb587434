"""What was said, read back out of the journal: who answered whom, charges, records that are missing, measurands."""
