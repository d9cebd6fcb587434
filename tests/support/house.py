"""
The house as its source says it: which module imports which, in which room it stands, and what in it is not pure.

Knows how to read source, and judges it by lists that it is given; the lists themselves, and what they promise, are in
``test_layers.py``. Everything takes the name of a module (``ocpp/frames.py``) and its source, so that a fault can be
judged that stands in no file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "shocpp"
MODULES = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py"))
_MODULES = frozenset(MODULES)

# what a pure module may import from elsewhere: it reckons, reads and writes values, and knows nothing of this machine
PURE_IMPORTS = {
    "__future__", "_datetime", "_json", "base64", "binascii", "bisect", "collections", "copy", "cryptography",
    "dataclasses", "datetime", "decimal", "difflib", "fractions", "functools", "hashlib", "html", "itertools", "json",
    "jsonschema", "lxml", "msgspec", "re", "typing", "unicodedata", "urllib.parse", "uuid.UUID", "uuid.uuid5",
}  # fmt: skip
IMPURE_NAMES = {"open", "print", "input", "exec", "eval", "breakpoint"}
CLOCKS = {"now", "utcnow", "today"}
LEAST_GIVEN = {"fromtimestamp": 2, "astimezone": 1}  # with fewer arguments they take this machine's zone
WRITING = {
    "O_APPEND", "O_CREAT", "O_TMPFILE", "O_TRUNC", "ftruncate", "link", "rename", "replace", "symlink", "truncate",
}  # fmt: skip
NO_WRITING = {"which", "get_terminal_size"}  # of shutil
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv"}

Graph = Mapping[str, set[str]]


def source_of(module: str) -> str:
    """Read a module of the package."""
    return (PACKAGE / module).read_text(encoding="utf-8")


@cache
def _nodes_of(source: str) -> list[ast.AST]:
    """Parse a source, and lay its nodes in a row; each is looked at for several things."""
    return list(ast.walk(ast.parse(source)))


def room_of(module: str) -> str:
    """
    Give the room of a module: its folder, or for those at the top the module itself.

    >>> room_of("ocpp/v16/payloads.py"), room_of("times.py")
    ('ocpp/v16', 'times')
    """
    return module.rpartition("/")[0] or module.removesuffix(".py")


def module_of(name: str) -> str:
    """
    Give the module that a dotted name is of, or is in.

    >>> module_of("shocpp.ocpp.frames.Call"), module_of("shocpp.ocpp"), module_of("shocpp.__version__")
    ('ocpp/frames.py', 'ocpp/__init__.py', '__init__.py')
    """
    steps = name.split(".")[1:]
    for depth in range(len(steps), 0, -1):
        for module in ("/".join(steps[:depth]) + ".py", "/".join([*steps[:depth], "__init__.py"])):
            if module in _MODULES:
                return module
    return "__init__.py"


def imports(source: str, at_run_time: bool = False) -> Iterator[str]:
    """
    Give what a source imports, in full, within functions and by ``__import__``, too.

    Args:
        source: A module's text.
        at_run_time: Leave out what is imported for type checkers alone.

    >>> list(imports("from shocpp.ocpp import frames\\ndef f():\\n    __import__('os')"))
    ['shocpp.ocpp.frames', 'os']
    """
    nodes = _nodes_of(source)
    if at_run_time:
        for_types = {inner for node in nodes if _is_for_types(node) for inner in _body_of(node)}
        nodes = [node for node in nodes if node not in for_types]
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _name_of(node.func) in ("__import__", "import_module"):
            yield _beginning(node.args[0])


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _body_of(node: ast.AST) -> Iterator[ast.AST]:
    return (inner for each in getattr(node, "body", ()) for inner in ast.walk(each))


def _name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _beginning(text: ast.expr) -> str:
    """Give what is certain of a name that is put together as the program runs."""
    first = text.values[0] if isinstance(text, ast.JoinedStr) else text
    return str(first.value).rstrip(".") if isinstance(first, ast.Constant) else ""


@cache
def neighbours(module: str, source: str) -> set[str]:
    """Give the modules of ours that a module imports, types included."""
    names = {name for name in imports(source) if name.split(".")[0] == "shocpp"}
    return {module_of(name) for name in names} - {module, "__init__.py"}


def intruders(module: str, source: str, rooms: Graph) -> set[str]:
    """Give the rooms that a module imports from and may not, going by what each room may."""
    room = room_of(module)
    return {room_of(other) for other in neighbours(module, source)} - {room, *rooms[room]}


def impurities(source: str) -> list[str]:
    """Give what in a source may know a clock, chance, a file, a process, a socket, a log or this machine's zone."""
    found = [name for name in imports(source, at_run_time=True) if not _is_pure(name)]
    return found + [ast.unparse(node) for node in _nodes_of(source) if _is_impure(node)]


def _is_pure(name: str) -> bool:
    """Tell whether an import is of ours, to be judged itself, or from what a pure module may know."""
    steps = name.split(".")
    return steps[0] == "shocpp" or any(".".join(steps[:depth]) in PURE_IMPORTS for depth in range(1, len(steps) + 1))


def _is_impure(node: ast.AST) -> bool:
    """Tell whether an expression is such a thing, called or handed on."""
    if isinstance(node, ast.Name):
        return node.id in IMPURE_NAMES and isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Attribute):
        return _is_clock(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        given = [each for each in (*node.args, *(each.value for each in node.keywords)) if not _is_none(each)]
        is_short = len(given) < LEAST_GIVEN.get(node.func.attr, 0)
        return is_short or (node.func.attr in CLOCKS and not _is_clock(node.func))
    return False


def _is_clock(node: ast.Attribute) -> bool:
    return node.attr in CLOCKS and _name_of(node.value) in ("datetime", "date")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def claims_to_be_pure(source: str) -> bool:
    """
    Tell whether a module's docstring says so.

    >>> claims_to_be_pure("'Rules. Pure: what is known comes in.'"), claims_to_be_pure("'Purely words.'")
    (True, False)
    """
    return re.search(r"\bPure\b", ast.get_docstring(ast.parse(source)) or "") is not None


def looks_into_environment(source: str) -> list[str]:
    """Give the places at which a source reads or changes environment variables."""
    found = [name for name in imports(source) if name in {f"os.{each}" for each in ENVIRONMENT}]
    for node in _nodes_of(source):
        if isinstance(node, ast.Attribute | ast.Name):
            is_os = isinstance(node, ast.Attribute) and _name_of(node.value) == "os"
            if _name_of(node) == "from_environ" or (is_os and _name_of(node) in ENVIRONMENT):
                found.append(ast.unparse(node))
    return found


def writes(source: str) -> list[str]:
    """Give the places at which a source makes, opens for writing, writes, names or cuts off a file."""
    found = [name for name in imports(source, at_run_time=True) if name.split(".")[0] == "tempfile"]
    for node in _nodes_of(source):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
            modes = [*node.args[1:2], *(each.value for each in node.keywords if each.arg == "mode")]
            if any(not isinstance(mode, ast.Constant) or set(str(mode.value)) & set("wax+") for mode in modes):
                found.append(ast.unparse(node))
        if isinstance(node, ast.Attribute):
            of = _name_of(node.value)
            is_shell = of == "shutil" and node.attr not in NO_WRITING
            if node.attr in ("write_text", "write_bytes") or (of == "os" and node.attr in WRITING) or is_shell:
                found.append(ast.unparse(node))
    return found


def graph_of_modules() -> dict[str, set[str]]:
    """Give for each module of the package those that it imports."""
    return {module: neighbours(module, source_of(module)) for module in MODULES}


def rooms_of(graph: Graph) -> dict[str, set[str]]:
    """Give for each room the others that its modules import from."""
    rooms: dict[str, set[str]] = {}
    for module, others in graph.items():
        rooms.setdefault(room_of(module), set()).update({room_of(other) for other in others} - {room_of(module)})
    return rooms


def circle(graph: Graph) -> str:
    """
    Name a circle of a graph; empty if there is none.

    >>> circle({"a": {"b"}, "b": {"a"}, "c": {"a"}}), circle({"a": {"b"}, "b": set()})
    ('a imports b imports a', '')
    """
    try:
        TopologicalSorter({each: sorted(others) for each, others in sorted(graph.items())}).prepare()
    except CycleError as error:
        return " imports ".join(reversed(error.args[1]))
    return ""
