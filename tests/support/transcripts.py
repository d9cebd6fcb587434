r"""
Transcripts of conversations: a form for people, and how one is held over any transport.

    # words for the reader
    @ SHOCPP_VALIDATION=strict      a setting; `@ path=/ocpp/CP1` is the path that is connected to (default /CP001)
    > [2,"1","Heartbeat",{}]        one message of the charge point; `>+` goes on with it on a new line,
    >\ \xef\xbb\xbfpong             `>\` is one with escapes for bytes
    < [3,"1",{"currentTime":"<TIME>"}]   the next answer, to the letter; <TIME> is a time as ours are
    ~                               the charge point says nothing for more than a second
    --                              the connection ends, and a new one begins
    -- anew                         the same, and whoever served it remembers nothing
    ! book: Not a directory         from here on records cannot be written; `! book: ok`: they can again
    ! tags: broken                  from here on tags.json is broken
    $ [2,"c1","Reset",{"type":"Soft"}]   a command is put into the mailbox
    = [3,"c1",{"status":"Accepted"}]     what the command gets
    record {"consumed_kwh":"33"}    afterwards there is one more record, with at least this
    meter 1 {"power_w":11000}       afterwards meter.json has at least this of connector 1
    quirk clock 1                   afterwards this quirk is counted so often; one without a line must not be there

All messages up to the next answer are sent before that is read. At the end a Heartbeat must be served as the next
thing, so that no answer is too many and the conversation still goes on.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from shocpp.admission.identity import identity_of
from tests.support.scratch import Scratch

FOLDER = Path(__file__).resolve().parents[1] / "transcripts"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
LAST = '[2,"the-end","Heartbeat",{}]'


@dataclass
class Step:
    """One step of a conversation: its mark and what follows it."""

    line: int
    mark: str
    text: str
    data: bytes = b""


@dataclass
class Transcript:
    """A transcript as read from its file."""

    name: str
    path: str = "/CP001"
    environ: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    quirks: dict[str, int] = field(default_factory=dict)
    meters: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """The identity under which this charge point is known."""
        return identity_of(unquote(self.path))

    @property
    def is_of_the_transport(self) -> bool:
        """Tell whether more is wanted than lines to and fro: a path, silence, a failing disk, what is no plain line."""
        others = {step.mark for step in self.steps} - {">", "<"}
        return self.path != Transcript.path or bool(others) or any(not _is_plain(step.data) for step in self.steps)


class Transport(Protocol):
    """What can carry a conversation between a charge point and a backend in a scratch home."""

    scratch: Scratch

    def open(self, path: str) -> None:
        """Connect to a path, still percent-encoded."""

    def send(self, message: bytes) -> None:
        """Send one message of the charge point."""

    def receive(self) -> str:
        """Give the next line from the central system; fail if none comes."""

    def pause(self) -> None:
        """Say nothing for so long that an unfinished frame is given up."""

    def command(self, frame: str) -> None:
        """Put a command's frame into the mailbox."""

    def confirmation(self) -> str:
        """Give what the command gets."""

    def close(self) -> None:
        """Hang up; return when the backend has ended."""

    def restart(self) -> None:
        """See that what serves the next connection is a fresh process."""


def names() -> list[str]:
    """Give the names of all transcripts."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def load(name: str) -> Transcript:
    """Read a transcript."""
    transcript = Transcript(name)
    for number, line in enumerate((FOLDER / f"{name}.txt").read_text().splitlines(), 1):
        mark, _, text = line.partition(" ")
        if not mark or mark == "#":
            continue
        if mark == "@":
            key, _, value = text.partition("=")
            if key == "path":
                transcript.path = value
            else:
                transcript.environ[key] = value
        elif mark == "record":
            transcript.records.append(json.loads(text))
        elif mark == "meter":
            connector, _, seen = text.partition(" ")
            transcript.meters[connector] = json.loads(seen)
        elif mark == "quirk":
            kind, _, count = text.rpartition(" ")
            transcript.quirks[kind] = int(count)
        else:
            _add(transcript.steps, Step(number, mark, text))
    return transcript


def _add(steps: list[Step], step: Step) -> None:
    if step.mark == ">+":
        steps[-1].data += b"\n" + step.text.encode()
        return
    if step.mark == ">\\":
        step.mark, step.data = ">", step.text.encode("latin-1").decode("unicode_escape").encode("latin-1")
    elif step.mark == ">":
        step.data = step.text.encode()
    assert step.mark in {">", "<", "~", "--", "!", "$", "="}, f"line {step.line}: unknown mark {step.mark}"
    steps.append(step)


def _is_plain(data: bytes) -> bool:
    """Tell whether a message is one line that begins and ends as a frame does."""
    return not data or (data.startswith(b"[") and data.endswith(b"]") and b"\n" not in data)


def converse(transport: Transport, transcript: Transcript) -> None:
    """Hold a conversation; fail where an answer is another, is missing, or is one too many."""
    transport.open(transcript.path)
    for step in [*transcript.steps, Step(0, ">", "", LAST.encode()), Step(0, "<", '[3,"the-end",*')]:
        where = f"{transcript.name}.txt, line {step.line}"
        if step.mark == ">":
            transport.send(step.data)
        elif step.mark == "<":
            _require(transport.receive(), step.text, where)
        elif step.mark == "=":
            _require(json.dumps(json.loads(transport.confirmation()), separators=(",", ":")), step.text, where)
        elif step.mark == "$":
            transport.command(step.text)
        elif step.mark == "~":
            transport.pause()
        elif step.mark == "!":
            _fail(transport.scratch, step.text)
        else:
            transport.close()
            if step.text == "anew":
                transport.restart()
            transport.open(transcript.path)
    transport.close()


def check_traces(scratch: Scratch, transcript: Transcript) -> None:
    """Compare the records and the counted quirks with what the transcript says."""
    found = list(scratch.records().values())
    for wanted in transcript.records:
        fitting = [record for record in found if wanted.items() <= record.items()]
        assert fitting, f"{transcript.name}: no record with {wanted} among {json.dumps(found, indent=2)}"
        found.remove(fitting[0])
    assert not found, f"{transcript.name}: records too many"
    meters = scratch.sighting(transcript.identity, "meter.json")
    for connector, seen in transcript.meters.items():
        assert seen.items() <= meters[connector].items(), f"{transcript.name}: connector {connector}: {meters}"
    quirks = scratch.sighting(transcript.identity).get("quirks", {})
    assert quirks == transcript.quirks, f"{transcript.name}: counted quirks"


def _require(answer: str, wanted: str, where: str) -> None:
    pattern = re.escape(wanted).replace(re.escape("<TIME>"), TIME).replace(r"\*", ".*")
    assert re.fullmatch(pattern, answer), f"{where}: wanted {wanted} and got {answer[:500]}"


def _fail(scratch: Scratch, effect: str) -> None:
    """Make an effect fail for real, so that it does so whoever performs it; a file in the way stops root, too."""
    folder, aside = scratch.home / "accounting", scratch.home / "aside"
    if effect == "book: Not a directory":
        if folder.exists():
            folder.rename(aside)
        folder.write_text("in the way")
    elif effect == "book: ok":
        folder.unlink()
        if aside.exists():
            aside.rename(folder)
    elif effect == "tags: broken":
        scratch.set_tags('[{"index": 1, "account"')
    else:
        raise AssertionError(f"no way to make this fail: {effect}")
