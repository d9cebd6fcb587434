"""
The embedded listener: WebSocket connections of many charge points in one process, a backend for each.

``server`` accepts and watches over all, ``reception`` and ``gate`` let in whom ``admission`` admits. ``session`` is one
connection, ``handshake`` and ``wire`` are its bytes (the WebSocket protocol itself is the ``websockets`` package's core
without input and output), and its ``turns`` have the backend do one thing after another; ``booking`` and ``workers``
wait for the disk so that nobody else has to.
"""
