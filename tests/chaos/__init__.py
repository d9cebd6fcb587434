"""
A fleet in which anything may die at any time: what was confirmed is booked, once, and all is confirmed in the end.

    .venv/bin/python3 -m tests.chaos MINUTES

plays fifty charge points behind two gateways, one broker and three workers, of which one is killed every second or so.
"""
