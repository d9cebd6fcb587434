"""
The embedded listener: WebSocket connections of many charge points in one process, a backend for each.

``server`` accepts and watches over all, ``session`` is one connection, ``gate`` lets in whom ``admission`` admits,
``booking`` and ``workers`` wait for the disk so that nobody else has to. ``handshake`` and ``wire`` are a connection's
bytes; the WebSocket protocol itself is the ``websockets`` package's core without input and output.
"""
