"""What shocpp needs is to be had for each machine that it runs on, as wheels: nothing is compiled on a Raspberry Pi."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.requirements import BASE, EXTRAS, closure

MACHINES = ("x86_64", "aarch64", "armv7l")
# 32-bit Raspberry Pi OS: its wheels are built for this C library, or an older one
GLIBC_MINORS = range(17, 37)
WITHOUT_ARMV7_WHEELS = {"argon2-cffi-bindings", "msgspec", "psycopg-binary", "uvloop"}


@pytest.mark.parametrize("machine", MACHINES)
def test_base(machine: str) -> None:
    """What is always installed needs, with all that this needs, no package that some machine has no wheel of."""
    found = closure(BASE, machine)
    assert found >= {"click", "filelock", "jinja2", "jsonschema", "websockets"}
    assert found & WITHOUT_ARMV7_WHEELS == set()


def test_extras() -> None:
    """Those that some machine has no wheel of are extras, and what asks for them is named as such."""
    wanting = {name for name, needs in EXTRAS.items() if closure(needs, "armv7l") & WITHOUT_ARMV7_WHEELS}
    assert wanting - {"test"} == {"auth", "fast", "postgres"}


def test_a_need_of_another_machine() -> None:
    """The test's own means: what is needed on one kind of machine alone is found for that one."""
    needs = ["msgspec; platform_machine != 'armv7l'", "click; extra == 'none'", "filelock"]
    assert closure(needs, "armv7l") == {"filelock"}
    assert closure(needs, "aarch64") == {"filelock", "msgspec"}


@pytest.mark.thorough
@pytest.mark.parametrize("machine", MACHINES)
def test_wheels(machine: str, tmp_path: Path) -> None:
    """pip finds a wheel of each: nothing has to be compiled."""
    platforms = [f"--platform=manylinux_2_{minor}_{machine}" for minor in GLIBC_MINORS]
    options = ["--quiet", "--no-deps", "--only-binary=:all:", f"--platform=manylinux2014_{machine}", *platforms]
    names = sorted(closure(BASE, machine))
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(tmp_path), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("*.whl"))) == len(names)
