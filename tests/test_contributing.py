"""CONTRIBUTING.md can be followed: each recipe, done to the letter in a scratch copy, gives what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.recipes import Checkout, changed, steps

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def followed(home: Path, title: str) -> Checkout:
    """Give a scratch copy in which a recipe was followed; it keeps the rules that are cheap to look at."""
    checkout = Checkout(home)
    for step in steps(PAGE, title):
        checkout.follow(step)
    for rule in (["check"], ["format", "--check"]):
        checkout.python("-m", "ruff", *rule, "--quiet", "--no-cache", ".")
    return checkout


def count_passed(checkout: Checkout, *arguments: str) -> int:
    """Run tests of the scratch copy, none of which may fail; how many there were."""
    said = checkout.python("-m", "pytest", "-p", "no:cacheprovider", "-x", "-v", "--tb=short", *arguments)
    return int(re.findall(r"(\d+) passed", said)[-1])


FRAMES = """[2,"1","Wave",{"hand":"Left"}]
[2,"2","Wave",{"hand":"Both"}]
"""
SERVE = "from shocpp.cli.backend import main; main()"


def test_a_new_action(tmp_path: Path) -> None:
    """An action that was added by the recipe is served, checked, documented, and passes the tests of all actions."""
    checkout = followed(tmp_path / "shocpp", "A new OCPP action")
    environ = {"SHOCPP_HOME": str(tmp_path), "SHOCPP_VALIDATION": "strict", "SHOCPP_LOGFILE": str(tmp_path / "log")}
    confirmed, refused = checkout.python("-c", SERVE, given=FRAMES, **environ).splitlines()
    assert json.loads(confirmed) == [3, "1", {}]
    assert json.loads(refused)[:3] == [4, "2", "PropertyConstraintViolation"]
    wanted = "support or generated_code or Wave or action-wave and (core or pipes) or imports_what"
    files = ("tests/test_ocpp_support.py", "tests/test_transcripts.py", "tests/ocpp/v16", "tests/test_layers.py")
    assert count_passed(checkout, *files, "-k", wanted) > 44 + 1 + 4 + 2 + 200


def test_a_new_format(tmp_path: Path) -> None:
    """A format that was added by the recipe is offered by --help, and passes the tests of all formats."""
    checkout = followed(tmp_path / "shocpp", "A new format of the statement")
    assert "|lines]" in checkout.python("-c", "from shocpp.cli.summary import main; main(['--help'])")
    assert (checkout.home / "tests/golden/october.en.lines").read_text().count(" family-y\n") == 4
    wanted = "golden or formats_agree or one_account or lines or imports_what"
    files = ("tests/report/test_gather.py", "tests/cli/test_summary.py", "tests/test_docs.py", "tests/test_layers.py")
    assert count_passed(checkout, *files, "-k", wanted) > 11 + 2 + 3 + 200


def test_a_new_transport(tmp_path: Path) -> None:
    """A transport that was added by the recipe carries charges, commands and frames that are cut."""
    checkout = followed(tmp_path / "shocpp", "A new transport")
    wanted = "stream and (charge or truncated or pretty) or imports_what or circle"
    files = ("tests/test_transcripts.py", "tests/test_layers.py")
    assert count_passed(checkout, *files, "-k", wanted) > 7 + 200


@pytest.mark.parametrize(("text", "diff"), [("a\n", " b\n+c\n"), ("a\na\n", " a\n+b\n"), ("a b\n", "-a\n")])
def test_a_recipe_that_has_rotted_is_found(text: str, diff: str) -> None:
    """A change whose place is gone, or is there twice, fails."""
    with pytest.raises(AssertionError, match="places in which to change"):
        changed(text, diff)


def test_every_file_that_is_named_is_there() -> None:
    """The page speaks of files that there are, or that a recipe makes."""
    made = {step.path for title in re.findall(r"^### (.*)", PAGE, re.MULTILINE) for step in steps(PAGE, title)}
    named = set(re.findall(r"`((?:bin|conf|docs|shocpp|tests)/[\w./-]+)`", PAGE))
    assert {name for name in named - made if not (ROOT / name).exists()} == set()
