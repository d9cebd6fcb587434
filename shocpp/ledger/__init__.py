"""Accounts, transaction ids, records and their sums. Knows no protocol; pure."""
