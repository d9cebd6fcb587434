"""A script that is typed, or comes through a pipe, while the charge point lives."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from shocpp.charge_point.script import parser
from shocpp.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shocpp.charge_point.script.player import Player

_CHUNK = 1 << 16


class Typed:
    """
    Reads lines from a descriptor and adds them to a player's script.

    Args:
        player: Gets the steps.
        wake: Is called when there are new ones.
        descriptor: Where they come from.

    Attributes:
        fault: What was wrong with a line that did not come from a terminal; a person is told and may try again.
    """

    def __init__(self, player: Player, wake: Callable[[], None], descriptor: int = 0) -> None:
        self._player = player
        self._wake = wake
        self._descriptor = descriptor
        self._rest = b""
        self._line = 0
        self.fault: DataError | None = None
        player.is_open = True

    def listen(self) -> None:
        """Begin to read; a file is read to its end at once."""
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._descriptor, self._read)
        except PermissionError:  # a regular file is always readable: there is nothing to wait for
            while self._read():
                pass

    def _read(self) -> bool:
        data = os.read(self._descriptor, _CHUNK)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if not data:
            lines = [self._rest]
            self._end()
        for line in lines:
            self._take(line.decode("utf-8", "replace"))
        self._wake()
        return bool(data)

    def _take(self, line: str) -> None:
        self._line += 1
        try:
            self._player.add(parser.read([line], "stdin", self._line))
        except DataError as error:
            if os.isatty(self._descriptor):
                print(error, file=sys.stderr)
            else:
                self.fault = error
                self._player.wind_up()
                self._end()

    def _end(self) -> None:
        self._player.is_open = False
        try:
            asyncio.get_running_loop().remove_reader(self._descriptor)
        except PermissionError:
            pass
