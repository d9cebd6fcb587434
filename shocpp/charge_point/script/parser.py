"""
Scripts: what shall happen at a charge point, in words. Reads them; ``player`` lets it happen.

Words may stand on lines of their own or one after another; ``;`` and ``,`` separate them like a space, ``#`` begins
a comment.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from shocpp.charge_point.core.connector import STATUSES
from shocpp.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FOREVER = float("inf")

_SEPARATOR = re.compile(r";|,(?=\s|$)")  # a comma within a word is a list's
_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?")
_POWER = re.compile(r"(\d+(?:\.\d+)?)(kW|W)?", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3})%?")
_FAULTS = (
    "ConnectorLockFailure", "EVCommunicationError", "GroundFailure", "HighTemperature", "InternalError",
    "LocalListConflict", "OtherError", "OverCurrentFailure", "OverVoltage", "PowerMeterFailure", "PowerSwitchFailure",
    "ReaderFailure", "ResetFailure", "UnderVoltage", "WeakSignal",
)  # fmt: skip


def duration_s(text: str) -> float:
    """
    Read a time span in seconds.

    Raises:
        ValueError: It is none.

    >>> duration_s("90"), duration_s("1h30m"), duration_s("0.5s"), duration_s("2d")
    (90.0, 5400.0, 0.5, 172800.0)
    """
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        raise ValueError("a time such as 30s, 5m or 1h30m")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return days * 86_400 + hours * 3600 + minutes * 60 + seconds


def _span(text: str) -> tuple[float, float]:
    first, _, last = text.partition("..")
    return duration_s(first), duration_s(last or first)


def _pause(text: str) -> object:
    if text.lower() == "forever":
        return FOREVER, FOREVER
    for status in STATUSES:
        if text.lower() == status.lower():
            return status
    try:
        return _span(text)
    except ValueError:
        raise ValueError("a time such as 30s or 5m..15m, a status such as charging, or forever") from None


def _fault(text: str) -> str:
    for code in _FAULTS:
        if text.lower() == code.lower():
            return code
    raise ValueError(f"one of {', '.join(_FAULTS)}")


def _watts(text: str) -> float:
    found = _POWER.fullmatch(text)
    if found is None:
        raise ValueError("a power such as 11kW or 3700W")
    return float(found[1]) * (1000 if (found[2] or "").lower() == "kw" else 1)


def _percent(text: str) -> float:
    found = _PERCENT.fullmatch(text)
    if found is None or int(found[1]) > 100:
        raise ValueError("a percentage such as 40%")
    return int(found[1]) / 100


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise ValueError("a number from 1")
    return int(text)


_CONNECTOR = ("CONNECTOR", _count, False)
Parameter = tuple[str, "Callable[[str], object]", bool]

# word: what stands after it: name, reader, needed; what it does, docs/shocpp-charger.md says
WORDS: dict[str, tuple[Parameter, ...]] = {
    "plug": (_CONNECTOR,),
    "unplug": (_CONNECTOR,),
    "card": (("TAG", str, True), _CONNECTOR),
    "stop": (_CONNECTOR,),
    "emergency": (_CONNECTOR,),
    "wait": (("TIME|STATUS", _pause, True),),
    "power": (("POWER", _watts, True), _CONNECTOR),
    "soc": (("PERCENT", _percent, True), _CONNECTOR),
    "pause": (_CONNECTOR,),
    "resume": (_CONNECTOR,),
    "fault": (("CODE", _fault, True), _CONNECTOR),
    "clear": (_CONNECTOR,),
    "offline": (("TIME", duration_s, False),),
    "online": (),
    "reboot": (),
    "powercut": (("TIME", duration_s, False),),
    "heartbeat": (),
    "meter": (_CONNECTOR,),
    "set": (("KEY", str, True), ("VALUE", str, True)),
    "data": (("VENDOR", str, True), ("TEXT", str, True)),
    "security": (("TYPE", str, True),),
    "repeat": (("TIMES", _count, False),),
}


class Step(NamedTuple):
    """One word of a script with what stands after it; ``arguments`` are None where that was left out."""

    word: str
    arguments: list[Any]


def read(lines: Iterable[str], name: str = "script", first: int = 1) -> list[Step]:
    """
    Read a script.

    Args:
        lines: Its lines.
        name: What it is called in errors.
        first: The number of its first line.

    Raises:
        DataError: A word is unknown, or what it needs does not follow; says the line.

    >>> [(*step,) for step in read(["plug 2", "card 1111; wait 30s  # then", "unplug"])]
    [('plug', [2]), ('card', ['1111', None]), ('wait', [(30.0, 30.0)]), ('unplug', [None])]
    """
    steps = []
    for number, line in enumerate(lines, first):
        tokens = _SEPARATOR.sub(" ", line.partition("#")[0]).split()
        while tokens:
            steps.append(_step(tokens, f"{name}, line {number}"))
    return steps


def check(steps: list[Step], connectors: int) -> None:
    """
    Make sure that a script names no connector that is not there.

    Raises:
        DataError: It does.
    """
    for step in steps:
        for parameter, argument in zip(WORDS[step.word], step.arguments, strict=True):
            if parameter is _CONNECTOR and isinstance(argument, int) and argument > connectors:
                raise DataError(
                    f"{step.word} {argument}: there is no connector {argument}, there are {connectors} (--connectors)"
                )


def _step(tokens: list[str], where: str) -> Step:
    """Take the tokens of one step off the front."""
    word = tokens.pop(0)
    if word.lower() not in WORDS:
        raise DataError(f"{where}: {word[:40]!r} is no word of a script; there are {', '.join(WORDS)}")
    arguments: list[object] = []
    for name, reader, is_needed in WORDS[word.lower()]:
        try:
            arguments.append(reader(tokens[0]))
            del tokens[0]
        except IndexError:
            if is_needed:
                raise DataError(f"{where}: {word} needs {name}") from None
            arguments.append(None)
        except ValueError as error:
            if is_needed:
                raise DataError(f"{where}: {word} {tokens[0][:40]!r}: not {error}") from None
            arguments.append(None)
    return Step(word.lower(), arguments)
