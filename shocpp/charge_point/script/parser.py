"""
Scripts: what shall happen at a charge point, in words. Reads them; ``player`` lets it happen.

Words may stand on lines of their own or one after another; ``;`` and ``,`` separate them like a space, ``#`` begins
a comment.
"""

from __future__ import annotations

import re

from shocpp.errors import DataError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FOREVER = float("inf")

_SEPARATOR = re.compile(r";|,(?=\s|$)")  # a comma within a word is a list's
_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?")
_POWER = re.compile(r"(\d+(?:\.\d+)?)(kW|W)?", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3})%?")
_STATUSES = (
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEV",
    "SuspendedEVSE",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
)
_FAULTS = (
    "ConnectorLockFailure",
    "EVCommunicationError",
    "GroundFailure",
    "HighTemperature",
    "InternalError",
    "LocalListConflict",
    "OtherError",
    "OverCurrentFailure",
    "OverVoltage",
    "PowerMeterFailure",
    "PowerSwitchFailure",
    "ReaderFailure",
    "ResetFailure",
    "UnderVoltage",
    "WeakSignal",
)


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
    for status in _STATUSES:
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

# word: what it does, and what stands after it: name, reader, needed
WORDS: dict[str, tuple[str, tuple[Parameter, ...]]] = {
    "plug": ("plug a cable in", (_CONNECTOR,)),
    "unplug": ("pull it", (_CONNECTOR,)),
    "card": ("hold a card to the reader", (("TAG", str, True), _CONNECTOR)),
    "stop": ("press the stop button", (_CONNECTOR,)),
    "emergency": ("press the emergency stop", (_CONNECTOR,)),
    "wait": ("let a time pass (a..b: by chance), or wait for a status", (("TIME|STATUS", _pause, True),)),
    "power": ("let the car draw at most that, this one and the next", (("POWER", _watts, True), _CONNECTOR)),
    "soc": ("set the state of charge of the car", (("PERCENT", _percent, True), _CONNECTOR)),
    "pause": ("let the car stop drawing", (_CONNECTOR,)),
    "resume": ("let it go on", (_CONNECTOR,)),
    "fault": ("break something", (("CODE", _fault, True), _CONNECTOR)),
    "clear": ("mend it", (_CONNECTOR,)),
    "offline": ("lose the connection, for a time or until online", (("TIME", duration_s, False),)),
    "online": ("get it back", ()),
    "reboot": ("boot", ()),
    "powercut": ("be without power for a time", (("TIME", duration_s, False),)),
    "heartbeat": ("send a heartbeat", ()),
    "meter": ("send meter values", (_CONNECTOR,)),
    "set": ("set a configuration key", (("KEY", str, True), ("VALUE", str, True))),
    "data": ("send a DataTransfer", (("VENDOR", str, True), ("TEXT", str, True))),
    "security": ("send a SecurityEventNotification", (("TYPE", str, True),)),
    "repeat": ("begin again: forever, or until it ran so often", (("TIMES", _count, False),)),
}


class Step:
    """One word of a script with what stands after it; ``arguments`` are None where that was left out."""

    __slots__ = ("arguments", "word")

    def __init__(self, word: str, arguments: list[object]) -> None:
        self.word = word
        self.arguments = arguments

    def __repr__(self) -> str:
        return f"Step({self.word!r}, {self.arguments!r})"


def read(lines: Iterable[str], name: str = "script", first: int = 1) -> list[Step]:
    """
    Read a script.

    Args:
        lines: Its lines.
        name: What it is called in errors.
        first: The number of its first line.

    Raises:
        DataError: A word is unknown, or what it needs does not follow; says the line.

    >>> read(["plug 2", "card 1111; wait 30s  # then", "unplug"])
    [Step('plug', [2]), Step('card', ['1111', None]), Step('wait', [(30.0, 30.0)]), Step('unplug', [None])]
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
        for parameter, argument in zip(WORDS[step.word][1], step.arguments, strict=True):
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
    for name, reader, is_needed in WORDS[word.lower()][1]:
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
