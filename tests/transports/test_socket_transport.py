"""What a socket's transport promises its protocol, on a real loop over real sockets."""

from __future__ import annotations

import asyncio
import socket
from functools import partial

import pytest

from shocpp.transports.embedded.socket_transport import SocketTransport
from tests.support.transport_place import MUCH, Place, Seen, run


def _has_received(seen: Seen) -> bool:
    return bool(seen.received)


def test_bytes_both_ways() -> None:
    """What comes is told, more than a buffer holds too; what is written arrives; both are closed once."""

    async def test(place: Place) -> None:
        seen, theirs = place.pair()
        await place.loop.sock_sendall(theirs, b"x" * 2500)
        await place.until(lambda: len(seen.received) == 2500)
        seen.transport.write(b"answer")
        assert await place.read(theirs, 6) == b"answer"
        theirs.close()
        await seen.has_ended.wait()
        assert seen.told == ["eof", ("lost", type(None))]
        assert seen.transport.is_closing()
        seen.transport.write(b"to nobody")
        seen.transport.abort()

    run(test)


def test_a_peer_that_does_not_read() -> None:
    """What the system does not take waits, the protocol is told so, and all of it arrives in order before the end."""

    async def test(place: Place) -> None:
        seen, theirs = place.pair()
        data = bytes(range(256)) * (MUCH // 256)
        seen.transport.write(data)
        seen.transport.write(b"the end")
        seen.transport.close()
        seen.transport.close()
        assert seen.told == ["pause"]
        got = await place.read(theirs, len(data) + 8)
        await seen.has_ended.wait()
        assert got == data + b"the end"
        assert seen.told == ["pause", "resume", ("lost", type(None))]

    run(test)


def test_what_is_aborted_waits_for_nobody() -> None:
    """Nothing more is sent or read, and the protocol learns it later, not within what it is doing."""

    async def test(place: Place) -> None:
        seen, theirs = place.pair()
        seen.transport.write(b"x" * MUCH)
        theirs.send(b"too late")
        seen.transport.abort()
        assert seen.told == ["pause"]
        await seen.has_ended.wait()
        assert len(await place.read(theirs, MUCH + 1)) < MUCH
        assert seen.told == ["pause", ("lost", type(None))] and not seen.received

    run(test)


def test_a_pause_in_reading() -> None:
    """Nothing is read while it lasts, and nothing is lost; to go on twice, or after the end, is to go on once."""

    async def test(place: Place) -> None:
        seen, theirs = place.pair()
        other, others = place.pair()
        seen.transport.pause_reading()
        seen.transport.pause_reading()
        theirs.send(b"waits")
        others.send(b"does not")
        await place.until(lambda: bool(other.received))
        assert not seen.received
        for _ in range(2):
            seen.transport.resume_reading()
        await place.until(lambda: seen.received == b"waits")
        seen.transport.abort()
        seen.transport.resume_reading()
        await seen.has_ended.wait()
        theirs.close()
        others.close()
        await other.has_ended.wait()

    run(test)


def test_a_half_closed_peer_is_answered() -> None:
    """Where the protocol says so, what it writes after the end of what came still arrives."""

    async def test(place: Place) -> None:
        seen, theirs = place.pair()
        seen.is_left_open = True
        theirs.shutdown(socket.SHUT_WR)
        await place.until(lambda: seen.told == ["eof"])
        seen.transport.write(b"answer")
        assert await place.read(theirs, 6) == b"answer"
        seen.transport.close()
        await seen.has_ended.wait()
        assert seen.told == ["eof", ("lost", type(None))]

    run(test)


def test_who_was_ended_by_another_is_not_read() -> None:
    """A connection that another one's message ends gets none of what came at the same time."""

    async def test(place: Place) -> None:
        (one, ones), (two, twos) = place.pair(), place.pair()
        one.do, two.do = two.transport.abort, one.transport.abort
        ones.send(b"x")
        twos.send(b"x")
        await place.until(lambda: one.has_ended.is_set() or two.has_ended.is_set())
        assert sorted((one.received, two.received)) == [b"", b"x"]
        one.transport.abort()
        two.transport.abort()
        await one.has_ended.wait()
        await two.has_ended.wait()

    run(test)


@pytest.mark.parametrize("is_writing", [False, True])
def test_a_reset_is_the_end(is_writing: bool) -> None:
    """A peer that resets the connection ends it, and nothing is raised to whoever reads or writes."""

    async def test(place: Place) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        theirs = socket.create_connection(listening.getsockname())
        ours, _ = listening.accept()
        ours.setblocking(False)
        seen = Seen()
        SocketTransport(place.loop, place.poller, ours, seen)
        assert seen.transport.get_extra_info("peername") == theirs.getsockname()
        if is_writing:
            seen.transport.pause_reading()
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        theirs.close()
        listening.close()
        while is_writing and not seen.transport.is_closing():
            seen.transport.write(b"x")
            await asyncio.sleep(0)
        await seen.has_ended.wait()
        assert seen.told in ([("lost", ConnectionResetError)], [("lost", BrokenPipeError)])

    run(test)


def test_a_fault_ends_its_own_connection() -> None:
    """What a protocol raises is told to the loop and ends this connection; what came over others is served."""

    async def test(place: Place) -> None:
        (one, ones), (two, twos) = place.pair(), place.pair()
        one.do = lambda: 1 / 0
        ones.send(b"x")
        twos.send(b"x")
        await one.has_ended.wait()
        await place.until(lambda: two.received == b"x")
        (fault,) = place.faults
        assert isinstance(fault["exception"], ZeroDivisionError)
        place.faults.clear()
        two.transport.abort()
        await two.has_ended.wait()

    run(test)


def test_the_loop_rests_while_nothing_comes() -> None:
    """What was read, closed or paused wakes nobody: else an idle listener would take a whole processor."""

    async def test(place: Place) -> None:
        pairs = [place.pair() for _ in range(3)]
        for seen, theirs in pairs:
            theirs.send(b"x")
            await place.until(partial(_has_received, seen))
        pairs[0][0].transport.pause_reading()
        pairs[0][1].send(b"y")
        pairs[1][1].close()
        await pairs[1][0].has_ended.wait()
        assert not place.poller._epoll.poll(0)
        for seen, _ in pairs:
            seen.transport.abort()
        await asyncio.sleep(0)

    run(test)
