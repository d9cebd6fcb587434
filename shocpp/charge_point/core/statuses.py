"""How a confirmation says yes and no: the two statuses that most of them share (OCPP 1.6 §7)."""

from __future__ import annotations

ACCEPTED, REJECTED = "Accepted", "Rejected"
