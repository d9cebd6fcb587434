"""What the house promises: imports point downwards, and the pure core stays pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from tests.support import house
from tests.support.backend import ROOT
from tests.support.house import MODULES, room_of, source_of

GROUND = {"errors", "times"}
# What each room may import besides itself. A room is a folder, its inner folders rooms of their own; a module at the
# top is one, too. A room that is not here fails: say first what it may know.
ROOMS: dict[str, set[str]] = {
    # the ground
    "errors": set(),
    "times": set(),
    "texts": set(),
    "columns": set(),
    "log": {"texts"},
    "store_address": {"errors"},
    "locations": set(),
    "settings": {"errors", "locations", "store_address"},
    "installation": {"locations"},
    "environment_file": {"errors"},
    "compact_json": set(),
    "json_reading": set(),
    "readable_json": {"compact_json"},
    "http": {"errors"},
    "http_client": {"http"},
    "strict_json": set(),
    # what is known: the wires, what belongs to a version of the protocol, the bookkeeping, what messages mean
    "ocpp": {"compact_json", "errors", "json_reading"},
    "ocpp/v16": {"compact_json", "ocpp", "ocpp/v16/validators", "strict_json", "texts"},
    "ocpp/v16/validators": {"ocpp"},
    "ocpp/soap": {"errors", "ocpp"},
    "ledger": GROUND,
    "ocmf": {"ledger"},
    "central_system": {"ledger", "ocpp", "times"},
    "central_system/v16": {"central_system", "ledger", "ocpp", "ocpp/v16", "times"},
    # the disk
    "spool/files": {"errors"},
    "spool/conf": {"errors", "json_reading", "ledger", "spool/files", "strict_json"},
    "spool/journal": {"spool/files", *GROUND},
    "spool/accounting": {"json_reading", "ledger", "readable_json", "spool/files", *GROUND},
    "spool/run": {"json_reading", "ledger", "readable_json", "spool/files", *GROUND},
    "spool": {"ledger", "spool/accounting", "spool/files", "spool/journal", "spool/run"},
    "stores": {
        "compact_json", "errors", "installation", "ledger", "readable_json", "spool/accounting", "spool/files",
        "store_address",
    },
    # what is made of both
    "admission": {
        "errors", "installation", "ledger", "settings", "spool/conf", "spool/files", "spool/journal", "spool/run",
        "texts",
    },
    "backend": {
        "central_system", "central_system/v16", "json_reading", "ledger", "ocpp", "ocpp/soap", "ocpp/v16", "settings",
        "spool/accounting", "spool/journal", "spool/run", "texts", *GROUND,
    },
    "calls": {
        "central_system", "central_system/v16", "ledger", "ocpp", "ocpp/v16", "spool/conf", "spool/run", "texts",
        *GROUND,
    },
    "history": {
        "central_system", "central_system/v16", "ledger", "ocpp", "ocpp/v16", "spool/accounting", "spool/journal",
        "texts", *GROUND,
    },
    "feeds": {
        "errors", "history", "installation", "spool/files", "spool/journal", "spool/run", "store_address", "stores",
    },
    "report": {
        "columns", "installation", "ledger", "ocmf", "settings", "spool/accounting", "spool/conf", "spool/files",
        "spool/run", "stores", "texts", *GROUND,
    },
    "status": {"columns", "ledger", "texts", "times"},
    "overview": {"errors", "ledger", "settings", "spool/conf", "spool/run", "status"},
    # the other end
    "charge_point": set(),
    "charge_point/core": {"charge_point/quirks", "ocpp", "ocpp/v16", "times"},
    "charge_point/quirks": {"ocpp", "ocpp/v16", *GROUND},
    "charge_point/script": {"charge_point/core", "errors", "ocpp", "ocpp/v16"},
    "charge_point/links": {
        "charge_point/core", "charge_point/quirks", "charge_point/script", "errors", "http", "http_client", "ocpp",
        "ocpp/soap",
    },
    # what carries bytes, and what people run
    "transports": {
        "admission", "backend", "errors", "installation", "ledger", "settings", "spool/accounting", "spool/conf",
        "store_address",
    },
    "transports/wires": {"ledger", "texts"},
    "transports/background": {
        "admission", "backend", "errors", "log", "spool/accounting", "spool/files", "spool/run", "store_address",
        "stores", "texts",
    },
    "transports/connections": {
        "admission", "backend", "errors", "http", "ledger", "settings", "spool/files", "stores", "texts", "transports",
        "transports/background", "transports/wires",
    },
    "transports/mqtt": {
        "backend", "compact_json", "installation", "ledger", "log", "ocpp", "settings", "spool", "spool/conf",
        "spool/files", "spool/run", "stores", "texts", "transports", "transports/background", *GROUND,
    },
    "transports/gateway": {
        "backend", "compact_json", "log", "ocpp", "settings", "texts", "transports/background",
        "transports/connections", "transports/embedded", "transports/mqtt", "transports/wires", *GROUND,
    },
    "transports/soap": {
        "admission", "backend", "errors", "http", "http_client", "installation", "ledger", "log", "ocpp", "ocpp/soap",
        "settings", "spool/conf", "spool/journal", "stores", "transports/connections", "transports/wires",
    },
    "transports/embedded": {
        "backend", "errors", "ledger", "log", "settings", "spool/conf", "spool/files", "spool/run", "texts",
        "transports", "transports/background", "transports/connections", "transports/soap", "transports/wires",
    },
    "home_assistant": {
        "calls", "errors", "log", "overview", "settings", "spool/conf", "status", "texts", "transports/mqtt",
    },
    "checks": {
        "admission", "calls", "errors", "history", "installation", "ledger", "report", "settings", "spool",
        "spool/accounting", "spool/conf", "spool/files", "spool/run", "stores", "texts", "transports",
    },
    "web": {"calls", "errors", "texts"},
    "web/pages": {
        "calls", "checks", "ledger", "ocpp", "ocpp/v16", "overview", "report", "settings", "spool", "spool/conf",
        "spool/journal", "spool/run", "status", "stores", "texts", "web", *GROUND,
    },
    "cli": {
        "admission", "backend", "calls", "charge_point/links", "charge_point/quirks", "charge_point/script", "checks",
        "environment_file", "errors", "feeds", "history", "home_assistant", "installation", "ledger", "locations",
        "log", "ocpp", "ocpp/soap", "ocpp/v16", "overview", "report", "settings", "spool", "spool/accounting",
        "spool/conf", "spool/files", "spool/journal", "spool/run", "status", "stores", "texts",
        "transports", "transports/embedded", "transports/gateway", "transports/mqtt", "transports/soap", "web",
        "web/pages",
    },
}  # fmt: skip
# rooms without a clock, a file, a socket or a log: everything needed comes in, everything wanted goes out
PURE = {
    "compact_json", "json_reading", "http",
    "errors", "strict_json", "texts", "columns", "times", "ocpp", "ocpp/soap", "ocpp/v16", "ocpp/v16/validators",
    "ledger", "ocmf",
    "central_system", "central_system/v16", "status", "charge_point/core", "charge_point/quirks", "charge_point/script",
}  # fmt: skip
# what is not, in them, and why it may be
KNOWN_IMPURE = {
    "json_reading.py": ["gc"],  # is held back while a long document is read
    "ledger/record.py": ["datetime.fromtimestamp(time.timestamp())"],  # this machine's zone, where none comes in
    "ocpp/v16/schemas.py": ["pkgutil"],  # files that are source as much as modules are
}
# modules that are still too long
KNOWN_LONG: set[str] = set()
LONGEST = 300
MOST_NAMES_TWICE = 8
WRITERS = {
    "spool/files/durable.py": "files with a latest value: replaced whole",
    "spool/files/new_file.py": "files that get a name once, and are on disk before that",
    "spool/journal/journal_writer.py": "lines at the end of a day; takes back half a line that a full disk left",
    "log.py": "lines at the end of the log",
    "spool/run/held_mailbox.py": "the pid file, which is locked before it has its name",
    "spool/accounting/accounting_lock.py": "a lock: there is nothing in it",
    "spool/run/command_lock.py": "a lock: there is nothing in it",
    "cli/scratch_home.py": "plays the person at a shell: starts our commands in a folder that is thrown away",
}


@cache
def graph() -> dict[str, set[str]]:
    """Give who imports whom."""
    return house.graph_of_modules()


@cache
def in_rooms(*names: str) -> list[str]:
    """Give the modules of rooms."""
    return [module for module in MODULES if room_of(module) in names]


def test_every_room_is_listed() -> None:
    """A new room says first what it may know; one that has gone leaves no rule behind."""
    assert {room_of(module) for module in MODULES} - {"__init__"} == ROOMS.keys()
    assert ROOMS.keys() >= PURE


def judged(judge: Callable[[str], object], modules: Iterable[str]) -> dict[str, object]:
    """Give what a judge finds in sources, by the module; those in which that is nothing are left out."""
    return {module: found for module in modules if (found := judge(source_of(module)))}


def test_a_room_imports_what_it_may() -> None:
    """Imports point downwards, those of types alone, too."""
    found = {
        module: others
        for module in MODULES
        if module != "__init__.py" and (others := house.intruders(module, source_of(module), ROOMS))
    }
    assert found == {}


def test_a_room_may_do_no_more_than_it_does() -> None:
    """What a room is allowed, it uses: a permission that nobody needs hides the next wrong import."""
    used = house.rooms_of(graph())
    assert {room: unused for room in ROOMS if (unused := ROOMS[room] - used.get(room, set()))} == {}


def test_nobody_imports_what_people_run() -> None:
    """Commands and pages stand at the top: launchers start the ones, a command answers with the others."""
    assert {room for room in ROOMS if "cli" in ROOMS[room]} == set()
    assert {room for room in ROOMS if "web" in ROOMS[room]} == {"cli", "web/pages"}
    assert {room for room in ROOMS if "web/pages" in ROOMS[room]} == {"cli"}


def test_modules_stand_in_no_circle() -> None:
    """Two modules that need each other's names, be it for types, are one module or need a third below both."""
    assert house.circle(graph()) == ""


def test_rooms_stand_in_no_circle() -> None:
    """Of two rooms one is below the other, whichever of their modules is looked at."""
    assert house.circle(house.rooms_of(graph())) == ""


def test_a_module_is_read_in_one_go() -> None:
    """No module is longer than 300 lines: find what in it is a thing of its own; KNOWN_LONG has no other names."""
    assert {module for module in MODULES if source_of(module).count("\n") > LONGEST} == KNOWN_LONG


def test_a_file_of_tests_is_read_in_one_go() -> None:
    """No file of tests is longer either: it is split along what its tests promise; what they share is in support."""
    files = {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "tests").rglob("*.py")}
    assert {name for name, source in files.items() if source.count("\n") > LONGEST} == set()


def test_a_name_is_of_one_module() -> None:
    """At most eight names stand for two modules, so that a name in a talk or a traceback says which one."""
    stems = Counter(Path(module).stem for module in MODULES)
    twice = sorted(stem for stem, count in stems.items() if count > 1 and stem != "__init__")
    assert len(twice) <= MOST_NAMES_TWICE, twice


def test_the_core_is_pure() -> None:
    """No clock, no random, no file, no process, no log: everything needed comes in, everything wanted goes out."""
    assert judged(house.impurities, in_rooms(*PURE)) == KNOWN_IMPURE


def test_who_claims_to_be_pure_is() -> None:
    """A module whose docstring says Pure has a clock or a file of its own in no room."""
    claiming = [module for module in MODULES if house.claims_to_be_pure(source_of(module))]
    assert judged(house.impurities, claiming).keys() <= KNOWN_IMPURE.keys()


def test_the_core_stands_on_what_is_pure() -> None:
    """What is pure imports nothing that is not: it would have its clock and its files from there."""
    assert {room: impure for room in PURE if (impure := ROOMS[room] - PURE)} == {}


def test_only_commands_read_the_environment() -> None:
    """They build one ``Settings`` and hand values down."""
    others = [module for module in MODULES if room_of(module) not in ("cli", "settings")]
    assert judged(house.looks_into_environment, others) == {}


def test_who_writes_files() -> None:
    """Two modules write files whole, so that none is ever half there; the few others have a reason of their own."""
    assert judged(house.writes, MODULES).keys() == WRITERS.keys()


WAYS = (
    "from {name} import Something",
    "import {name}",
    "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from {name} import Something",
    "def late():\n    from {name} import Something",
    "def late():\n    return __import__('{name}')",
)


@pytest.mark.parametrize("room", ROOMS)
def test_a_planted_import_is_found(room: str) -> None:
    """In each room, an import from any room that it may not know is told, in whatever way it is written."""
    planted = f"{room}/planted.py" if (house.PACKAGE / room).is_dir() else f"{room}.py"
    for other in ROOMS.keys() - {room, *ROOMS[room]}:
        name = "shocpp." + in_rooms(other)[-1].removesuffix(".py").replace("/", ".")
        for way in WAYS:
            assert house.intruders(planted, way.format(name=name), ROOMS) == {other}, way
    for other in ROOMS[room]:
        name = "shocpp." + in_rooms(other)[-1].removesuffix(".py").replace("/", ".")
        assert house.intruders(planted, WAYS[0].format(name=name), ROOMS) == set()
