"""A statement's PDF read back: what is on its sheets, what it says of itself, and whether it can be kept for long."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

_FORBIDDEN_ACTIONS = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript", "/Rendition"}
_EMBEDDED = {"/FontFile", "/FontFile2", "/FontFile3"}


def written(data: bytes) -> str:
    """
    Write a PDF down for a golden file: what it says of itself, and the words of each sheet.

    Where lines break is left out, since that is the fonts' and not ours; so is the version of what made it.
    """
    reader = PdfReader(io.BytesIO(data))
    about: dict[str, Any] = dict(reader.metadata or {})
    lines = [f"{name[1:]}: {about[name]}" for name in sorted(about) if name != "/Producer"]
    for number, sheet in enumerate(reader.pages, 1):
        words = " ".join(sheet.extract_text().split())
        lines += ["", f"--- sheet {number} of {len(reader.pages)}", *textwrap.wrap(words, 100, break_long_words=False)]
    return "".join(f"{line}\n" for line in lines)


def faults(data: bytes) -> list[str]:
    """
    Hold a PDF against what PDF/A-3u asks for, as far as that can be seen in its objects.

    Source: ISO 19005-3 §6.1 (file), §6.2 (colours, fonts), §6.5 (actions), §6.6 (metadata), §6.8 (files within)
    """
    reader = PdfReader(io.BytesIO(data))
    root: Any = reader.trailer["/Root"]
    about = root["/Metadata"].get_object().get_data().decode() if "/Metadata" in root else ""
    title = reader.metadata.title if reader.metadata else None
    found = {
        "no binary comment behind the header": not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", data),
        "it is encrypted": "/Encrypt" in reader.trailer,
        "no identifier": "/ID" not in reader.trailer,
        "something behind its end": not data.rstrip(b"\r\n").endswith(b"%%EOF"),
        "metadata do not name PDF/A-3u": not re.search(r'part="3".*conformance="U"', about, re.DOTALL),
        "metadata have another title": not title or title not in about,
        "no language": "/Lang" not in root,
        "no profile of its colours": not any(_is_profile(each.get_object()) for each in root.get("/OutputIntents", ())),
        "it does something when opened": bool({"/AA", "/OpenAction"} & root.keys()),
    }
    return [name for name, is_so in found.items() if is_so] + [
        fault for each in _objects(reader.trailer, set()) for fault in _faults_of(each)
    ]


def _is_profile(intent: Any) -> bool:
    return bool(intent["/S"] == "/GTS_PDFA1" and intent["/DestOutputProfile"].get_object().get("/N") == 3)


def _faults_of(each: DictionaryObject) -> Iterator[str]:
    kind, subtype, action = each.get("/Type"), each.get("/Subtype"), each.get("/S")
    if kind == "/FontDescriptor" and not _EMBEDDED & each.keys():
        yield f"font {each['/FontName']} is not within"
    if kind == "/Font" and subtype == "/Type0" and "/ToUnicode" not in each:
        yield f"font {each['/BaseFont']} says no letters"
    if action in _FORBIDDEN_ACTIONS or "/JS" in each:
        yield f"action {action}"
    if kind == "/Filespec" and "/AFRelationship" not in each:
        yield "a file within that does not say what it is to the rest"
    if kind == "/Annot" and not int(each.get("/F", 0)) & 4:
        yield f"annotation {subtype} that is not printed"
    if isinstance(each, StreamObject) and "LZW" in str(each.get("/Filter")):
        yield "a stream packed with LZW"


def _objects(value: Any, seen: set[int]) -> Iterator[DictionaryObject]:
    """Give all dictionaries and streams that can be reached, each once."""
    if isinstance(value, IndirectObject):
        if value.idnum in seen:
            return
        seen.add(value.idnum)
        value = value.get_object()
    if isinstance(value, DictionaryObject):
        yield value
        for inner in value.values():
            yield from _objects(inner, seen)
    elif isinstance(value, ArrayObject):
        for inner in value:
            yield from _objects(inner, seen)
