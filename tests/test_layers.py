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

# rooms that may import these rooms alone
ALLOWED = {
    "errors": set[str](),
    "times": set[str](),
    "log": set[str](),
    "settings": {"errors"},
    "ocpp": {"errors", "ocpp"},
    "ledger": {"errors", "ledger", "times"},
    "report": {"errors", "ledger", "report", "times"},
    "effects": {"ledger", "ocpp"},
    "context": {"ledger", "times"},
    "transactions": {"context", "effects", "errors", "ledger", "ocpp", "times"},
    "central_system": {"context", "effects", "ledger", "ocpp", "transactions"},
    "charge_point": {"charge_point", "errors", "ocpp", "times"},
}
# rooms that import anything but these
UPSTAIRS = {"cli", "web", "transports", "commands"}
MEANING = {"context", "transactions", "central_system"}  # what each message means
FORBIDDEN = {
    "spool": {"ocpp", *MEANING, "charge_point", "effects", "backend", "settings", "log", "history", *UPSTAIRS},
    "backend": {"charge_point", "history", *UPSTAIRS},
    "courier": {"charge_point", "backend", "history", "ledger", *MEANING, *UPSTAIRS},
    "witness": {"charge_point", "backend", "ledger", *MEANING, *UPSTAIRS},
    "transports": {"charge_point", *MEANING, "cli", "web", "commands"},
    "commands": {"cli", "web", "transports", "backend", *MEANING, "charge_point"},
    "web": {"cli", "transports", "backend", *MEANING, "charge_point"},
    "history": {"cli", "web", "transports", "backend", "commands", "witness", "charge_point"},
}
PURE = {"errors", "times", "ocpp", "ledger", "effects", "context", "transactions", "central_system", "charge_point"}
TOOLS = {"ocpp/generate.py"}  # run by us, not by a backend
STAGE = "simulator/stage.py"  # plays the person at a shell: starts our commands in a folder that is thrown away
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
    """Give the room of a module: the first folder, or for those at the top the module itself."""
    return module.split("/", maxsplit=1)[0].removesuffix(".py")


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


def rooms(module: str) -> set[str]:
    """Give the rooms of ours that a module imports from."""
    return {
        name.split(".")[1] for name in imports(module) if name.startswith("shocpp.") and name != "shocpp.__version__"
    }


def in_rooms(*names: str) -> list[str]:
    return [module for module in MODULES if room_of(module) in names and module not in TOOLS]


def test_the_rooms_are_there() -> None:
    """The rules below speak of rooms that exist, so that none of them holds by a slip of the pen."""
    there = {room_of(module) for module in MODULES}
    assert {*ALLOWED, *FORBIDDEN} - {"charge_point"} <= there
    assert all(module in MODULES for module in TOOLS)


@pytest.mark.parametrize("module", in_rooms(*ALLOWED))
def test_the_lower_rooms_import_little(module: str) -> None:
    """``ocpp`` and ``ledger`` never import each other, ``charge_point`` knows ocpp alone."""
    assert rooms(module) <= ALLOWED[room_of(module)]


@pytest.mark.parametrize("module", in_rooms(*FORBIDDEN))
def test_imports_point_downwards(module: str) -> None:
    """``spool`` knows no protocol, the backend no transport, a transport no command, and so on up the house."""
    assert not rooms(module) & FORBIDDEN[room_of(module)]


@pytest.mark.parametrize("module", [module for module in MODULES if room_of(module) != "cli"])
def test_nobody_imports_the_commands(module: str) -> None:
    """``cli`` is the top floor."""
    assert "cli" not in rooms(module)


def transport_of(name: str) -> str:
    """Give the transport that a module belongs to: a folder's or a family's (``embedded``, ``embedded_tls``)."""
    return name.split("_", maxsplit=1)[0]


@pytest.mark.parametrize("module", in_rooms("transports"))
def test_transports_do_not_know_each_other(module: str) -> None:
    """Each of them stands alone with the backend."""
    own = transport_of(module.split("/")[1].removesuffix(".py"))
    others = {name.split(".")[2] for name in imports(module) if name.startswith("shocpp.transports.")}
    assert {transport_of(other) for other in others} <= {own}


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


@pytest.mark.parametrize("module", [module for module in MODULES if module not in ("spool/durable.py", STAGE, *TOOLS)])
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
