"""The listener's whole, in process: what no connection is about."""

from __future__ import annotations

import asyncio
from pathlib import Path

from shocpp.settings import Settings
from shocpp.transports.embedded.backend_service import BackendService
from shocpp.transports.embedded.server import Server


def test_what_the_loop_complains_of_is_one_line_of_the_log(tmp_path: Path) -> None:
    """A fault that nobody dealt with is logged in bounded words with its place; asyncio itself says nothing."""
    settings = Settings.from_environ({"SHOCPP_HOME": str(tmp_path), "SHOCPP_LOGFILE": str(tmp_path / "log")})
    server = Server(settings, [], 1, 1, lambda: None, BackendService)

    async def complain() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(server._unhandled)
        for _ in range(1000):
            loop.call_soon(fail)
        await asyncio.sleep(0)

    asyncio.run(complain())
    server._log.flush()
    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == 20 and all(len(line) < 600 for line in lines)
    assert "ERROR Exception in callback" in lines[0] and "ValueError('xxx" in lines[0]
    assert f"(test_server.py:{fail.__code__.co_firstlineno + 2})" in lines[0]


def fail() -> None:
    """Be at fault, at length."""
    raise ValueError("x" * 1000)
