"""
A gateway: charge points that the embedded listener admits, served by whoever listens at a message broker.

It is a ``service`` of that listener; ``gateway_service`` is the whole. Each charge point has an ``exchange``: frames
up, messages down, a ``call_queue`` for one call at a time, ``status_messages`` for what is said of it. And it has a
``broker_link`` of its own, as in EMQX's gateway, so that the broker itself says of which charge points a gateway died.
"""
