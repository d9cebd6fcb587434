"""
A charge point in software: the other end of the conversation that ``central_system`` leads.

``core`` is the charge point, on top of it ``core.charge_point``; ``quirks`` below it is what it gets wrong, ``script``
is what people do at it, ``links`` connects it. All but ``links`` is pure: time comes in as arguments (seconds since
the epoch, ``now_s``), chance from a generator that is passed in, and what shall happen goes out as values. Built on
``shocpp.ocpp`` alone, so that it proves the central system and does not repeat its mistakes.
"""
