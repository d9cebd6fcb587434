"""
A fleet in which anything may die at any time: what was confirmed is booked, once, and all is confirmed in the end.

    .venv/bin/python3 -m tests.chaos MINUTES [bridge]

plays fifty charge points that connect to two gateways, one broker and three workers, of which one is killed every
second or so. With ``bridge`` there are two brokers, one of the gateways and one of the workers.
"""
