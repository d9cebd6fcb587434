"""Lines of a MiB that were made to take much time: some are no frames, others are valid."""

from __future__ import annotations

MIB = 1 << 20

Parts = tuple[bytes, bytes, bytes]  # how a line begins, what comes again and again, and how it ends

# what no charge point sends, or sends by the thousand
GARBAGE: dict[str, Parts] = {
    "vertical tabs": (b"", b"\x0b", b""),
    "blanks": (b"[", b" ", b""),
    "quotes": (b"", b'"', b""),
    "numbers": (b"", b"1 ", b""),
    "empty arrays": (b"", b"[] ", b""),
    "backslashes": (b'[2,"', b"\\", b""),
    "brackets": (b"", b"[", b""),
    "commas": (b"", b",", b""),
    "headers": (b"", b'[2,"1",', b""),
    "digits": (b'[2,"1","A",{"a":', b"9", b"}]"),
    "wide blanks": (b"", "\u2003".encode(), b""),
    "lines of objects": (b"", b'{"a":\n', b""),
    "lines of numbers": (b"", b"1\n", b""),
    "lines of brackets": (b"", b"[\n", b""),
    "lines without an end": (b"", b'["a\n', b""),
    "empty lines": (b"", b"\n", b""),
    "brackets, then numbers": (b"[\n" * 40, b"1,\n", b""),
    "frames": (b"", b'[2,"1","A",{}]', b""),
    "lines of frames": (b"", b'[2,"1","A",{}]\n', b""),
    "fractions": (b'[2,"1","A",{"a":[', b"1.5,", b""),
    "escaped quotes": (b'["', b'\\"', b""),
    "marks": (b"", "\ufeff\n".encode(), b""),
}

_AT = b'"timestamp":"2026-01-01T00:00:00Z"'
_METER = b'[2,"1","MeterValues",{"connectorId":1,"transactionId":10001000,"meterValue":['
_STOP = b'[2,"1","StopTransaction",{"transactionId":10001000,"meterStop":1001000,' + _AT + b',"transactionData":['
# of one time: many sampled values; the last one has no comma behind it
_SAMPLED = b"{" + _AT + b',"sampledValue":['
_VALUE = b'{"value":"1"}'
_FULL = (
    b'{"value":"9042.7","context":"Sample.Periodic","format":"Raw","measurand":"Power.Active.Import","phase":"L1",'
    b'"location":"Outlet","unit":"kW"}'
)
# entries of an array of sampled values, and of one of meter values
_SAMPLED_VALUES = {
    "short values": _VALUE,
    "full values": _FULL,
    "begins": b'{"value":"1.5","context":"Transaction.Begin"}',
    "signed values": b'{"value":"A","format":"SignedData"}',
    "empty values": b"{}",
    "numbers for values": b'{"value":1}',
    "measurands": b'{"value":"1","measurand":"%06d"}',
    "lists for values": b"[]",
}
_METER_VALUES = {
    "times": _SAMPLED + _VALUE + b"]}",
    "times without values": _SAMPLED + b"]}",
    "numbers for times": b"1",
    "lists for times": b"[]",
    "objects for times": b"{}",
}


def _calls(action: str) -> dict[str, Parts]:
    """Give CALLs of an action with a member that it does not have."""
    begin = f'[2,"1","{action}",{{"x":['.encode()
    return {
        f"{action} with objects": (begin, b"{},", b"{}]}]"),
        f"{action} with lists": (begin, b"[],", b"[]]}]"),
        f"{action} with names": (f'[2,"1","{action}",{{'.encode(), b'"%06d":0,', b'"x":0}]'),
        f"{action} with texts": (begin, b'"",', b'""]}]'),
    }


# frames as they should be, or nearly so
FRAMES: dict[str, Parts] = {
    **{
        f"{action}, {name}": (begin + _SAMPLED, each + b",", each.replace(b"%06d", b"") + b"]}]}]")
        for action, begin in (("MeterValues", _METER), ("StopTransaction", _STOP))
        for name, each in _SAMPLED_VALUES.items()
    },
    **{
        f"{action}, {name}": (begin, each + b",", each + b"]}]")
        for action, begin in (("MeterValues", _METER), ("StopTransaction", _STOP))
        for name, each in _METER_VALUES.items()
    },
    "MeterValues, the last one wrong": (_METER + _SAMPLED, _VALUE + b",", b"{}]}]}]"),
    "MeterValues, the last time wrong": (_METER, _SAMPLED + b"]},", b"{}]}]"),
    "StopTransaction over lines": (_STOP + _SAMPLED, _FULL.replace(b",", b",\n ") + b",\n", _FULL + b"]}]}]"),
    **_calls("BootNotification"),
    **_calls("DataTransfer"),
    **_calls("Heartbeat"),
    **_calls("StartTransaction"),
    **_calls("Unknown"),
    "MeterValues with fractions": (b'[2,"1","MeterValues",{"x":[', b"1.5,", b"1]}]"),
    "addresses": (b'[2,"1","DataTransfer",{"vendorId":"v","data":"', b"://:", b'"}]'),
    "JSON in a text": (b'[2,"1","DataTransfer",{"vendorId":"v","data":"[', b"{},", b'{}]"}]'),
    "techInfo": (b'[2,"1","SecurityEventNotification",{"type":"x",' + _AT + b',"techInfo":"', b"\\n", b'"}]'),
    "an action": (b'[2,"1","', b"\\u0001", b'",{}]'),
    "an id": (b'[2,"', b"\\u0001", b'","Heartbeat",{}]'),
    "a card": (b'[2,"1","Authorize",{"idTag":"', "ß".encode(), b'"}]'),
    "an answer": (b'[3,"1",{"x":[', b"{},", b"{}]}]"),
}


# all of them, of one action for all that are treated alike
KINDS = {
    name: parts
    for name, parts in {**FRAMES, **GARBAGE}.items()
    if " with " not in name or name.startswith(("Heartbeat", "MeterValues"))
}


def line(parts: Parts, size: int = MIB) -> bytes:
    """Make a line of about as many bytes; what comes again and again is numbered where it has a place for that."""
    begin, again, end = parts
    if b"%06d" not in again:
        return begin + again * ((size - len(begin) - len(end)) // len(again)) + end
    count = (size - len(begin) - len(end)) // len(again % 0)
    return begin + b"".join(again % number for number in range(count)) + end
