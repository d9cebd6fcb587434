"""CONTRIBUTING.md can be followed: each recipe, done to the letter in a scratch copy, gives what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.recipes import Checkout, changed, steps

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


RECIPES = ("A new OCPP action", "A new format of the statement", "A new transport")
# the tests of what is of the same kind as what a recipe makes: their files, a part of their names, and how many
FILES = (
    *("tests/test_ocpp_support.py", "tests/test_transcripts.py", "tests/ocpp/v16", "tests/test_layers.py"),
    "tests/test_names.py",
    *("tests/report/test_gather.py", "tests/cli/test_summary.py", "tests/cli/test_correct.py", "tests/test_docs.py"),
    "tests/charge_point/test_foreign_central_system.py",
)
WANTED = {
    "support or generated_code or Wave or action-wave and (core or pipes)": 44 + 1 + 4 + 2,
    "every_operation or as_the_package_wants": 1 + 2,
    "golden or formats_agree or one_account or lines": 11 + 12 + 3,
    "columns and summary": 1,
    "direct and (charge or truncated or pretty)": 7,
    "imports_what or circle or one_go or a_class_is": 6,
}
FRAMES = """[2,"1","Wave",{"hand":"Left"}]
[2,"2","Wave",{"hand":"Both"}]
"""
SERVE = "from shocpp.cli.backend import main; main()"


def test_recipes(tmp_path: Path) -> None:
    """
    What is added by the recipes is served, offered and documented, and passes the tests of its kind.

    They are followed in one scratch copy, one after another; that none needs another is said by
    ``test_a_recipe_stands_alone``.
    """
    checkout = Checkout(tmp_path / "shocpp")
    for title in RECIPES:
        for step in steps(PAGE, title):
            checkout.follow(step)
    for rule in (["check"], ["format", "--check"]):
        checkout.python("-m", "ruff", *rule, "--quiet", "--no-cache", ".")

    environ = {"SHOCPP_HOME": str(tmp_path), "SHOCPP_VALIDATION": "strict", "SHOCPP_LOGFILE": str(tmp_path / "log")}
    confirmed, refused = checkout.python("-c", SERVE, given=FRAMES, **environ).splitlines()
    assert json.loads(confirmed) == [3, "1", {}]
    assert json.loads(refused)[:3] == [4, "2", "PropertyConstraintViolation"]

    assert "|lines|" in checkout.python("-c", "from shocpp.cli.summary import main; main(['--help'])")
    assert (checkout.home / "tests/golden/october.en.lines").read_text().count(" family-y\n") == 4

    any_of = " or ".join(f"({words})" for words in WANTED)
    options = ("-p", "no:cacheprovider", "-x", "-v", "--tb=short", "-o", "addopts=--import-mode=importlib")
    said = checkout.python("-m", "pytest", *options, *FILES, "-k", any_of)
    assert int(re.findall(r"(\d+) passed", said)[-1]) > sum(WANTED.values())


def test_a_recipe_stands_alone() -> None:
    """No two recipes have a file in common, so that each can be followed without the others."""
    named = [{step.path for step in steps(PAGE, title)} - {""} for title in RECIPES]
    assert all(named) and sum(map(len, named)) == len(set.union(*named))


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
