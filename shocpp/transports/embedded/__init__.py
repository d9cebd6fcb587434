"""
The embedded listener: WebSocket connections of many charge points in one process, as a rule a backend for each.

From below: ``wire`` and ``handshake`` are one connection's bytes (the WebSocket protocol itself is the ``websockets``
package's core without input and output). ``booking_client``, ``workers`` and ``housekeeping`` wait for disk and clock,
so that nobody else has to; all connections share them as ``services``. Each ``connection`` has a ``message_handler``.
The ``roster`` knows all connections, ``admitting`` with its ``password_queue`` lets them in, ``supervision`` closes
those that shall not go on. Who serves them is the ``service``'s business: here it is the ``backend_service``, whose
handlers are ``task_queue``s, by which a backend does one thing after another, and for which ``mailboxes`` find
commands. ``server`` is the whole.

A module imports those below it. What one needs of those above it, it says in a Protocol or is handed as a function.
"""
