"""
What the whole suite goes by: its two sizes, and the profiles of Hypothesis.

Without options a test takes seconds and finds the same examples each time. ``--thorough`` adds the tests that are
marked so, has each process of ours start anew (``tests.support.preloaded``), and has properties tried with more
examples and new ones; a failure prints what makes it come again.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule
from hypothesis import HealthCheck, settings

from tests.support import preloaded

# how long an example takes depends on what else the machine does
_ANY_TIME = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
settings.register_profile("default", _ANY_TIME, derandomize=True)
settings.register_profile("thorough", _ANY_TIME, max_examples=1000, print_blob=True)


class _Examples:
    """A plugin of its own, since the hooks of a conftest.py are asked about files below its folder alone."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(self, file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """Look for examples only in modules that have one: to load and look through all takes each worker a second."""
        collectors = yield
        if b">>>" in file_path.read_bytes():
            return collectors
        return [collector for collector in collectors if not isinstance(collector, DoctestModule)]


# Tests of ten seconds and more: one that comes last keeps one core busy, and the others wait.
FIRST = (
    *("tests/test_truth.py", "tests/test_readme.py", "tests/test_fleet.py", "tests/test_contributing.py"),
    "tests/web",
)
_ROOT = Path(__file__).resolve().parents[1]


def _see_that_they_are_there() -> None:
    """
    See that what is started first is there.

    Raises:
        pytest.UsageError: A file or folder is not: its tests have moved, and would come whenever they come.
    """
    for name in FIRST:
        if not (_ROOT / name).exists():
            raise pytest.UsageError(f"tests/conftest.py: FIRST names {name}, which is not there; correct it there")


def _draw_no_local_constants() -> None:
    """
    Have no examples made of the constants in our modules that happen to be loaded.

    Which those are depends on what ran before in the same process, and that on how busy the machine is: properties
    would be tried with other examples each time, and alone with others than in the suite.
    """
    try:
        from hypothesis.internal.conjecture import providers
        from hypothesis.internal.constants_ast import Constants
    except ImportError:  # Hypothesis has not always had them
        return
    providers._get_local_constants = Constants


def _be_at_home_everywhere() -> None:
    """
    Have tests find what they count on, whatever whoever runs them has set.

    Other users may read what is written, as some tests want it, and what listens on the loopback is reached without a
    proxy.
    """
    os.umask(0o022)
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1", "localhost")))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the full size."""
    parser.addoption("--thorough", action="store_true", help="run the long tests, too: soak, hostile minutes, fuzz")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the profile before any test module is read; let programs be interrupted however pytest was started."""
    _see_that_they_are_there()
    _be_at_home_everywhere()
    config.pluginmanager.register(_Examples())
    gc.disable()  # until all is collected: what comes of that stays, and to look through it takes a second
    settings.load_profile("thorough" if config.getoption("--thorough") else "default")
    if config.getoption("--thorough"):
        preloaded.start_anew()
    _draw_no_local_constants()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what is in the background that way
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Keep what was collected out of the collector's way: it stays, and looking through it takes 0.2 s each time."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and leave the long tests out where they were not asked for."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    if config.getoption("--thorough"):
        return
    long = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]
