"""Two pipes in the place of a socket: what a transport promises its protocol holds over them, too."""

from __future__ import annotations

import os

from tests.support.transport_place import MUCH, Place, run


def test_pipes_both_ways() -> None:
    """Over two pipes it is the same, more than one of them holds too; the end of the one ends both."""

    async def test(place: Place) -> None:
        seen, entry, outlet = place.pipes()
        os.write(entry, b"x" * 2500)
        await place.until(lambda: len(seen.received) == 2500)
        seen.transport.write(b"y" * MUCH)
        assert seen.told == ["pause"]
        left = MUCH
        while left:
            left -= len(await place.loop.run_in_executor(None, os.read, outlet, 1 << 16))
        await place.until(lambda: seen.told[-1] == "resume")
        os.close(entry)
        await seen.has_ended.wait()
        assert seen.told[2:] == ["eof", ("lost", type(None))]
        assert os.read(outlet, 1) == b""
        os.close(outlet)

    run(test)


def test_a_pipe_that_nobody_reads() -> None:
    """Whoever reads no more is lost at once, though nothing is written."""

    async def test(place: Place) -> None:
        seen, entry, outlet = place.pipes()
        os.close(outlet)
        await seen.has_ended.wait()
        assert seen.told == [("lost", type(None))]
        os.close(entry)

    run(test)
