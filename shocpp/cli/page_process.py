"""
The page beside a listener: a process of its own, which ends with the listener.

No command itself: what ``shocpp-listener --web`` starts, and what ``shocpp-web`` does where it was started so.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_START = "import sys; sys.path.insert(0, sys.argv.pop()); from shocpp.cli.page_process import serve_while_started; "


def start(environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start shocpp-web beside us; what ends us ends it, since its stdin ends then, as it does when this is let go."""
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    command = [sys.executable, "-I", "-c", f"{_START}sys.exit(serve_while_started())", package]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environ)  # noqa: S603 - our own command


def serve_while_started() -> int:
    """Serve the page until stdin ends, which it does with the listener; the exit status."""
    from shocpp.cli import web  # heavy, and the listener does without

    def wait() -> None:
        while os.read(0, 1):  # not sys.stdin: Python could not end while a thread holds it
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()
    return web.main([])
