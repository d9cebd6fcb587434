"""What the house promises: imports point downwards, the pure core stays pure, the backend starts light."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backend import ROOT, make_home, stop_payload

PACKAGE = ROOT / "shocpp"

GROUND = {"errors", "times"}

# What each room may import besides itself. A room is a folder, its inner folders rooms of their own; a module at the
# top is one, too. A room that is not here fails: say first what it may know.
ROOMS: dict[str, set[str]] = {
    # the ground
    "errors": set(),
    "times": set(),
    "log": set(),
    "settings": {"errors"},
    "strict_json": set(),
    # what is known: the wires, what belongs to a version of the protocol, the bookkeeping, what messages mean
    "ocpp": {"errors"},
    "ocpp/v16": {"ocpp", "ocpp/v16/validators", "strict_json"},
    "ocpp/v16/validators": {"ocpp"},
    "ledger": GROUND,
    "central_system": {"ledger", "ocpp", "times"},
    "central_system/v16": {"central_system", "ledger", "ocpp", "ocpp/v16", *GROUND},
    # the disk
    "spool": {"ledger", "strict_json", *GROUND},
    # what is made of both
    "admission": {"ledger", "log", "settings", "spool", "errors"},
    "backend": {
        "central_system", "central_system/v16", "ledger", "log", "ocpp", "ocpp/v16", "settings", "spool", *GROUND,
    },
    "calls": {"log", "ocpp", "ocpp/v16", "spool", *GROUND},
    "history": {"central_system", "central_system/v16", "ledger", "ocpp", "ocpp/v16", "spool", *GROUND},
    "report": {"ledger", "settings", "spool", *GROUND},
    "status": set(),
    # the other end
    "charge_point": set(),
    "charge_point/core": {"charge_point/quirks", "ocpp", "ocpp/v16", "times"},
    "charge_point/quirks": {"charge_point/core", "ocpp", *GROUND},
    "charge_point/script": {"charge_point/core", "ocpp", "ocpp/v16", "errors"},
    "charge_point/links": {"charge_point/core", "charge_point/quirks", "charge_point/script", *GROUND},
    # what carries bytes, and what people run
    "transports": {"backend", "settings", "errors"},
    "transports/embedded": {"admission", "backend", "ledger", "log", "settings", "spool", "errors"},
    "web": {"calls", "log", "errors"},
    "cli": {
        "admission", "backend", "calls", "charge_point/links", "charge_point/quirks", "charge_point/script",
        "history", "ledger", "log", "ocpp/v16", "report", "settings", "spool", "status", "transports",
        "transports/embedded", "web", "errors",
    },
}  # fmt: skip
# rooms without a clock, a file, a socket or a log: everything needed comes in, everything wanted goes out
PURE = {
    "errors", "strict_json", "times", "ocpp", "ocpp/v16", "ocpp/v16/validators", "ledger",
    "central_system", "central_system/v16", "status", "charge_point/core", "charge_point/quirks", "charge_point/script",
}  # fmt: skip
STAGE = "cli/stage.py"  # plays the person at a shell: starts our commands in a folder that is thrown away
IMPURE = {
    "asyncio", "fcntl", "getpass", "glob", "http", "io", "locale", "logging", "multiprocessing", "os", "pathlib",
    "platform", "random", "resource", "secrets", "select", "selectors", "shutil", "signal", "socket", "ssl",
    "subprocess", "sys", "tempfile", "threading", "time", "uuid",
}  # fmt: skip
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint"}
CLOCKS = {"now", "utcnow", "today"}
HEAVY = {
    "asyncio", "click", "dataclasses", "fastjsonschema", "filelock", "inspect", "jsonschema", "logging", "pathlib",
    "subprocess", "typing", "urllib", "websockets",
}  # fmt: skip

MODULES = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py"))


def room_of(module: str) -> str:
    """Give the room of a module: its folder, or for those at the top the module itself."""
    return module.rpartition("/")[0] or module.removesuffix(".py")


def module_of(name: str) -> str:
    """Give the module that a dotted name is of, or is in: ``shocpp.ocpp.frames.Call`` is in ``ocpp/frames.py``."""
    steps = name.split(".")[1:]
    for depth in range(len(steps), 0, -1):
        for module in ("/".join(steps[:depth]) + ".py", "/".join([*steps[:depth], "__init__.py"])):
            if (PACKAGE / module).is_file():
                return module
    return "__init__.py"


def tree_of(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def imports(module: str, at_run_time: bool = False) -> Iterator[str]:
    """Give what a module imports, in full (``shocpp.ocpp.frames``), within functions, too."""
    tree = tree_of(module)
    typing = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for each in node.body
        for inner in ast.walk(each)
    }
    for node in ast.walk(tree):
        if at_run_time and node in typing:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def modules(module: str) -> set[str]:
    """Give the modules of ours that a module imports."""
    return {module_of(name) for name in imports(module) if name.startswith("shocpp.")} - {module, "__init__.py"}


def in_rooms(*names: str) -> list[str]:
    return [module for module in MODULES if room_of(module) in names]


def test_every_room_is_listed() -> None:
    """A new room says first what it may know; one that has gone leaves no rule behind."""
    assert {room_of(module) for module in MODULES} - {"__init__"} == ROOMS.keys()
    assert ROOMS.keys() >= PURE


@pytest.mark.parametrize("module", MODULES)
def test_a_room_imports_what_it_may(module: str) -> None:
    """Imports point downwards, those of types alone, too."""
    if (room := room_of(module)) != "__init__":
        assert {room_of(other) for other in modules(module)} <= {room, *ROOMS[room]}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_may_do_no_more_than_it_does(room: str) -> None:
    """What a room is allowed, it uses: a permission that nobody needs hides the next wrong import."""
    used = {room_of(other) for module in in_rooms(room) for other in modules(module)}
    assert used >= ROOMS[room]


@pytest.mark.parametrize("module", in_rooms(*PURE))
def test_the_core_is_pure(module: str) -> None:
    """No clock, no random, no file, no process, no log: everything needed comes in, everything wanted goes out."""
    assert not {name.split(".")[0] for name in imports(module, at_run_time=True)} & IMPURE
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Call):
            called = node.func
            assert not (isinstance(called, ast.Name) and called.id in IMPURE_CALLS), ast.unparse(node)
            assert not (isinstance(called, ast.Attribute) and called.attr in CLOCKS), ast.unparse(node)


@pytest.mark.parametrize(
    "module", [module for module in MODULES if room_of(module) not in ("cli", "web", "settings") and module != STAGE]
)
def test_only_commands_and_the_page_read_the_environment(module: str) -> None:
    """They build one ``Settings`` and hand values down."""
    for node in ast.walk(tree_of(module)):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        owner = getattr(node, "value", None)
        is_os = isinstance(owner, ast.Name) and owner.id == "os"
        assert not (is_os and name in ("environ", "environb", "getenv", "getenvb", "putenv")), f"line {node.lineno}"  # type: ignore[attr-defined]
        assert name != "from_environ"
    assert not {"os.environ", "os.getenv"} & set(imports(module))


@pytest.mark.parametrize("module", [module for module in MODULES if module not in ("spool/durable.py", STAGE)])
def test_only_durable_writes_files(module: str) -> None:
    """``open`` is for reading everywhere else, so that no file is ever half there."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
            modes = [*node.args[1:2], *(each.value for each in node.keywords if each.arg == "mode")]
            assert all(isinstance(mode, ast.Constant) and not set(str(mode.value)) & set("wax+") for mode in modes)
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("write_text", "write_bytes"), f"line {node.lineno}"


METER_START = {"connectorId": 1, "idTag": "1111", "meterStart": 9_042_700, "timestamp": "2023-09-03T06:52:10Z"}
METER_VALUE = {"timestamp": "2023-09-03T07:00:00Z", "sampledValue": [{"value": "9050000"}]}
CHARGE: list[tuple[str, object]] = [
    ("BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}),
    ("StatusNotification", {"connectorId": 1, "status": "Preparing", "errorCode": "NoError"}),
    ("Authorize", {"idTag": "1111"}),
    ("StartTransaction", METER_START),
    ("MeterValues", {"connectorId": 1, "meterValue": [METER_VALUE]}),
    ("StopTransaction", stop_payload(10_009_042)),
    ("Heartbeat", {}),
]
SERVE = """
import sys; sys.path.insert(0, sys.argv.pop())
from shocpp.cli.backend import main
main()
print(*sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize("frames", [[], CHARGE], ids=["nothing", "a charge"])
def test_the_backend_starts_light(tmp_path: Path, frames: list[tuple[str, object]]) -> None:
    """Nothing that costs milliseconds is imported by a backend, neither at its start nor while it serves a charge."""
    home = make_home(tmp_path / "home")
    lines = "".join(json.dumps([2, str(number), *frame]) + "\n" for number, frame in enumerate(frames))
    done = subprocess.run(
        [sys.executable, "-I", "-c", SERVE, str(ROOT)],
        input=lines,
        env={"SHOCPP_HOME": str(home), "PATH_INFO": "/CP001", "SHOCPP_LOGFILE": str(tmp_path / "log")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line)[0] for line in done.stdout.splitlines()] == [3] * len(frames)
    assert "quirk" not in (tmp_path / "log").read_text()
    assert not set(done.stderr.split()) & HEAVY
