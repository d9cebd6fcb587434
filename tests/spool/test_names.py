"""What folder names promise: no two identities share one, and none leads anywhere else."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shocpp.spool.files.names import folder_name
from shocpp.spool.run import held_mailbox, mailbox

NASTY = [
    "..", ".", "../x", "a/b", "/etc/passwd", "a\\b", "a\x00b", "a\nb", " ", "%", "%2E", "%2e%2e", "transactions",
    "Transactions", "%74ransactions", "shocpp.pid", "request.json", "command.lock", "status.json", "~", "$HOME", "*",
    "-rf", "ü", "u\u0308", "\udcff", "\U0001f50c", "x" * 200, "x" * 201, "." * 100, "." * 66, "a%", "CP%7C1", "ended",
]  # fmt: skip
IDENTITY = st.text(min_size=1, max_size=300) | st.sampled_from(NASTY) | st.text("ab./%2E-_", min_size=1, max_size=250)


@given(IDENTITY)
def test_a_name_is_safe(identity: str) -> None:
    """Of whatever comes from the network a name is made of a short alphabet, short enough, and not a name of ours."""
    name = folder_name(identity)
    assert re.fullmatch(r"[A-Za-z0-9_%-]{1,200}", name)
    assert name not in ("transactions", "ended")


@given(IDENTITY, IDENTITY)
def test_no_two_identities_share_a_name(one: str, two: str) -> None:
    """Different identities have different folders; the same one always the same."""
    assert (folder_name(one) == folder_name(two)) == (one == two)


def test_no_two_nasty_identities_share_a_name() -> None:
    """All names that were made to be mistaken for another one are told apart, also without regard to case."""
    assert len({folder_name(identity) for identity in NASTY}) == len(NASTY)


@pytest.mark.parametrize("number", range(200))
def test_the_end_of_a_long_name_cannot_be_forged(number: int) -> None:
    """No identity is encoded as what stands for a long one: digest and encoding cannot be mistaken for each other."""
    shortened = folder_name(f"{'x' * 300}{number}")
    head, digest = shortened[:166], shortened[-32:]
    for forged in (f"{head}{digest}", f"{head}%{digest}", f"{head}-{digest}", *_decoded(shortened)):
        assert folder_name(forged) != shortened


def _decoded(name: str) -> list[str]:
    """Give what a name would be the encoding of, if it were one."""
    pattern = re.compile(r"%([0-9A-F]{2})")
    return [pattern.sub(lambda found: chr(int(found[1], 16)), name)]


@given(st.from_regex(r"[A-Za-z0-9_-]{1,200}", fullmatch=True))
@example("x" * 200)
def test_an_ordinary_name_stays_readable(identity: str) -> None:
    """Letters, digits, hyphen and underscore are what people find below run/."""
    assert folder_name(identity) == identity or identity in ("transactions", "ended")


@pytest.mark.parametrize("identity", NASTY)
def test_no_identity_escapes(tmp_path: Path, identity: str) -> None:
    """A charge point's folder is one below run/ itself, and the connection's files are in it."""
    run = tmp_path / "run"
    held = held_mailbox.HeldMailbox(str(run), identity)
    held.hold()
    made = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    name = folder_name(identity)
    assert made == {"run", f"run/{name}", f"run/{name}/shocpp.pid"}
    held.release()


@pytest.mark.parametrize("identity", [*NASTY, "", "CP001"])
def test_who_is_connected_is_found_by_its_identity(tmp_path: Path, identity: str) -> None:
    """Commands find each connected charge point under the name it gave, and reach its folder by it."""
    held = held_mailbox.HeldMailbox(str(tmp_path), identity)
    held.hold()
    if identity:
        (Path(held.folder) / "status.json").write_text(json.dumps({"identity": identity}))  # as each backend does
    try:
        (found,) = mailbox.connected(str(tmp_path))
        assert found == identity
        assert os.path.samefile(held_mailbox.folder_of(str(tmp_path), found), held.folder)
    finally:
        held.release()
    assert mailbox.connected(str(tmp_path)) == []
