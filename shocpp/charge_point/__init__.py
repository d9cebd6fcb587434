"""
A charge point in software: the other end of the conversation that ``central_system`` leads.

Pure: time comes in as arguments (seconds since the epoch, ``now_s``), chance from a generator that is passed in,
and what shall happen goes out as effects. Built on ``shocpp.ocpp`` alone, so that it proves the central system
and does not repeat its mistakes. ``charge_point.machine`` is the way in.
"""
