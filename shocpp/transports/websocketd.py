"""
websocketd: what it tells a backend of the peer, and the command line it is run with.

Source: websocketd's CGI variables (RFC 3875 names); OCPP-J 1.6 §3.1 (identity is the last path segment), §3.2
(subprotocol)
"""

from __future__ import annotations

import os
import shutil
import sys

from shocpp.errors import UnavailableError
from shocpp.settings import LOG_DESCRIPTOR, passed_on

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from shocpp.settings import Settings

SUBPROTOCOL = "ocpp1.6"

_MAXFORKS = "--maxforks="
_FORKS = 256
_MASK = r"s#/(u|v16u|v16hu/[^/ ]+)/[^/ ]+/[^/ ]+#/\1/***/***#g"
_HANG_UP = "/Unexpected error while reading STD.*file already closed/d"  # a charge point that has gone, no error
_NAME_THE_SETTING = "s#Max of possible forks.*#& (SHOCPP_MAXFORKS; shocpp-check counts them)#"
# its lines, and those of the library that it serves HTTP with, in the form of ours; months are numbered after that
_ITS_LINE = (
    r"s#^\w+, (..) (...) (....) (\S+) (\S+) \| (\w+) *\| \w+ *\| (url:'([^']*)')?[^|]*\| (.*)#"
    r"\3-\2-\1T\4\5 \6 websocketd: \9 \8#"
)
_LIBRARYS_LINE = r"s#^(....)/(..)/(..) (..:..:..) http: #\1-\2-\3T\4 WARNING websocketd: #"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def find() -> str:
    """
    Find the program.

    Raises:
        UnavailableError: It is not installed.
    """
    program = shutil.which("websocketd")
    if program is None:
        raise UnavailableError("websocketd is not installed; install it with: apt-get install websocketd")
    return program


def is_there() -> bool:
    """Tell whether the program is installed."""
    return shutil.which("websocketd") is not None


def hand_over_log(environ: dict[str, str]) -> None:
    """
    Let backends write to our stderr themselves, and what websocketd says pass through a filter on its way there.

    What a backend wrote to its own stderr websocketd would take for an error, and wrap it in two hundred columns.
    Of websocketd's words those for a charge point that has gone are taken out, its word for a full table gets the name
    of the setting, and credentials in paths, as in ``/u/<user>/<password>/``, are masked, also where such a path is
    refused.

    Args:
        environ: What backends are handed; gets the number of the descriptor that they write to.
    """
    log = os.dup(2)
    os.set_inheritable(log, True)
    environ[LOG_DESCRIPTOR] = str(log)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        if os.fork():
            os._exit(0)  # what filters is no child of websocketd's: these are counted as backends
        os.dup2(read, 0)
        os.dup2(log, 1)
        for each in (read, write, log):
            os.close(each)
        # a shell would be needed for nothing: sed gets expressions of ours, and the log as its input
        os.execvp("sed", ["sed", "-u", "-E", *_expressions()])  # noqa: S606, S607 - Debian's, wherever it is
    os.waitpid(child, 0)
    os.dup2(write, 1)
    os.dup2(write, 2)
    os.close(read)
    os.close(write)


def _expressions() -> list[str]:
    """Give sed's arguments: what is done to each line of websocketd's, in order."""
    numbered = [rf"s#^(....)-{month}-#\1-{number:02}-#" for number, month in enumerate(_MONTHS, 1)]
    return [
        word
        for expression in (_MASK, _HANG_UP, _NAME_THE_SETTING, _ITS_LINE, _LIBRARYS_LINE, *numbered)
        for word in ("-e", expression)
    ]


def most_forks(settings: Settings, listed: int) -> int:
    """
    Give how many backends may run at a time.

    When a router comes back all charge points connect anew while those of before still count, until their silence is
    noticed: so four times those that are listed, and not less than 256.

    Args:
        settings: The settings in force.
        listed: How many charge points are listed.
    """
    return settings.most_forks or max(_FORKS, 4 * listed)


def running(port: int) -> tuple[int, int] | None:
    """Give how many backends the websocketd has that shocpp-listener runs on a port, and how many it may have."""
    found, parents = {}, []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/cmdline", "rb") as file:
                words = os.fsdecode(file.read()).split("\0")
            with open(f"/proc/{number}/stat", "rb") as file:
                parents.append(int(file.read().rpartition(b") ")[2].split()[1]))
        except (OSError, ValueError, IndexError):
            continue  # gone meanwhile, or not for us to see
        limit = limit_in(words)
        if (
            words[0] == "websocketd"
            and f"--port={port}" in words
            and words[-2].endswith("/shocpp-backend")
            and limit.isdigit()
        ):
            found[int(number)] = int(limit)
    return next(((parents.count(number), limit) for number, limit in found.items()), None)


def command_line(settings: Settings, options: tuple[str, ...] = (), listed: int = 0) -> list[str]:
    """
    Give websocketd's command line: the program's name, its options, and the backend that it starts.

    Args:
        settings: The settings in force.
        options: Further options of websocketd, put behind ours, so that they win.
        listed: How many charge points are listed.
    """
    address = f"[{settings.address}]" if ":" in settings.address else settings.address
    return [
        "websocketd",
        f"--address={address}",
        f"--port={settings.port}",
        f"--header-ws=Sec-WebSocket-Protocol: {SUBPROTOCOL}",
        f"--passenv=PATH,LD_LIBRARY_PATH,{','.join(passed_on())}",
        "--loglevel=error",
        f"{_MAXFORKS}{most_forks(settings, listed)}",
        *_cgi_option(settings.address),
        *_tls_options(settings),
        *options,
        _beside("shocpp-backend"),
    ]


def limit_in(arguments: Sequence[str]) -> str:
    """
    Give how many backends a command line of websocketd lets run at a time; empty if it does not say.

    >>> limit_in(["websocketd", "--maxforks=256", "--maxforks=20", "/opt/shocpp/bin/shocpp-backend"])
    '20'
    """
    return next((word.removeprefix(_MAXFORKS) for word in reversed(arguments) if word.startswith(_MAXFORKS)), "")


def is_loopback(address: str) -> bool:
    """
    Tell whether only this machine can connect to an address.

    websocketd 0.4.1 runs any program of the machine for whoever reaches it, as soon as it has a CGI folder: a CONNECT
    may lead out of it. So the canned calls are served on the loopback alone, or by a web server.
    """
    return address == "localhost" or address.startswith("127.") or address.strip("[]") == "::1"


def _tls_options(settings: Settings) -> list[str]:
    certificate = settings.tls_certificate
    if not certificate:
        return []
    return ["--ssl", f"--sslcert={certificate}", f"--sslkey={settings.tls_key or certificate}"]


def _cgi_option(address: str) -> list[str]:
    """Have the folder served that holds nothing but shocpp-caller, where that is safe; pip installs none."""
    folder = os.path.join(os.path.dirname(_beside("shocpp-caller")), "cgi-bin")
    return [f"--cgidir={folder}"] if is_loopback(address) and os.path.isdir(folder) else []


def _beside(program: str) -> str:
    """Find one of our commands: in the checkout's bin/, or where pip put it beside the Python that runs us."""
    checkout = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    places = (os.path.join(checkout, "bin"), os.path.dirname(sys.executable))
    for place in places:
        if os.access(os.path.join(place, program), os.X_OK):
            return os.path.join(place, program)
    found = shutil.which(program)
    if found is None:
        raise UnavailableError(
            f"{program} is not beside this program in any of {', '.join(places)}; install shocpp again"
        )
    return found
