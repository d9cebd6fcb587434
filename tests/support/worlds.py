"""
What histories are drawn from: the worlds that they take place in, places, and what a step's number stands for.

Rare cases are drawn often: what happens within a kWh, a second or one place, and meters at the end of what an id has.
"""

from __future__ import annotations

from tests.support.served import CARDS

ONE, TWO, ELEVENTH, FORGETFUL = "one machine", "two machines", "connectors 1 and 11", "ids are forgotten"
KEPT, SETTLED = "no state is lost", "two machines, one of which settles"
UNITS = ("kwh", "wh")
WORLDS = (ONE, TWO, SETTLED, ELEVENTH, FORGETFUL, KEPT)
OF_TWO = (TWO, SETTLED)
METERS_WH = (0, 995_000, 999_950_000)  # the latter are about to leave the part that an id has, in Wh and in kWh
PLACES = (0, 0, 0, 1, 2, 3)  # two charge points with two connectors each; where much happens, more can go wrong
MOST = 1 << 12  # numbers are below it
DRAWN_WH = (0, 1, 7, 11, 19, 30, 60, 89, 120, 240, 777, 1000, 1001, 5_400, 31_000, 88_888)  # many within a kWh
CLOCKS_S = (0, 0, 1, -1, 7200, -3600, -86_400 * 365, 3600 * 20, 86_400 * 400)
WAITS_S = (1, 2, 59, 90, 3600, 86_400, 86_400 * 31)
CARD_IDS = ("1111", "1111", *CARDS)
