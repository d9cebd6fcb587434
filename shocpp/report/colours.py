"""
The colours of a statement's page, on a light ground and on a dark one, by name; paper has the light ones.

Of each series of the chart ``g`` is the ground of its pattern and ``i`` the ink.
"""

from __future__ import annotations

LIGHT = {
    "paper": "#fff", "text": "#1b1f24", "quiet": "#57606a", "line": "#d0d7de", "mark": "#fff1c2",
    "mark-line": "#c9a227", "g0": "#1f5fa8", "g1": "#f3d9a4", "i1": "#b36a00", "g2": "#d5efe3", "i2": "#0b7a53",
    "g3": "#f6d3c4", "i3": "#a8371a", "g4": "#e9dcf2", "i4": "#6d3f93", "g5": "#d9ecf7", "i5": "#14718f",
    "g6": "#eceef0", "i6": "#57606a",
}  # fmt: skip
DARK = {
    "paper": "#14181d", "text": "#e6e9ec", "quiet": "#9ba5b0", "line": "#39424d", "mark": "#4a3d10",
    "mark-line": "#a8892a", "g0": "#6ea8e8", "g1": "#5c4210", "i1": "#f2b950", "g2": "#12402f", "i2": "#56c596",
    "g3": "#5a2718", "i3": "#f08a68", "g4": "#3d2a4d", "i4": "#c79be8", "g5": "#123a49", "i5": "#63c3e0",
    "g6": "#2c333b", "i6": "#a3adb8",
}  # fmt: skip
