"""Whatever the answer is, it bears the unique id of its CALL: by nothing else does a charge point know it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shocpp.central_system.effects import Reply
from shocpp.central_system.v16 import answers
from shocpp.log import Log
from tests.support.in_place import InPlace
from tests.support.scratch import Scratch

IDS = ["1", "b7e3a5f0-5d8e-4b4f-8f35-7a0d5f1d2c11", "ü", 4711]
# by what becomes of it: how a CALL goes on after its id, and how its answer begins
CALLS = {
    "confirmed": ('"DataTransfer",{"vendorId":"v"}]', 3, {"status": "UnknownVendorId"}),
    "refused": ('"Nonsense",{}]', 4, "NotImplemented"),
    "cut off": ('"Authorize",{"idTag":"11', 4, "FormationViolation"),
    "not an object": ('"Authorize",[1]]', 4, "FormationViolation"),
    "failed": ('"Authorize",{"idTag":"1111"}]', 4, "InternalError"),
    "failed to be written": ('"Heartbeat",{}]', 4, "InternalError"),
}


def fail(*_: object) -> None:
    """Stand for an action that is a fault of ours."""
    raise KeyError("x")


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InPlace:
    """Give the backend of a connection."""
    monkeypatch.setitem(answers.HANDLERS, "Authorize", fail)
    monkeypatch.setitem(answers.HANDLERS, "Heartbeat", lambda *_: [Reply({"currentTime": {"no", "JSON"}})])
    made = InPlace("CP001", Scratch(tmp_path).settings, Log(str(tmp_path / "log")))
    made.open()
    return made


@pytest.mark.parametrize("unique_id", IDS)
@pytest.mark.parametrize("kind", CALLS)
def test_each_answer_bears_the_id_of_its_call(backend: InPlace, kind: str, unique_id: str | int) -> None:
    """Confirmations and refusals of every kind name the CALL that they answer, one after another as in one message."""
    rest, *expected = CALLS[kind]
    ids = ["before", unique_id, "after"]
    frames = [f"[2,{json.dumps(each, ensure_ascii=False)},{rest}\n".encode() for each in ids]
    one_by_one = [answer for each in frames for answer in [*backend.receive(each), *backend.finish()]]
    for answered in (one_by_one, backend.receive_message(b"".join(frames))):
        found = [json.loads(answer) for answer in answered]
        assert [answer[1] for answer in found] == ids
        assert all([answer[0], answer[2]] == expected for answer in found)
