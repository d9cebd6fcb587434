"""
The last touch to a workbook: results beside its formulas, and the same bytes whenever it is made.

Knows the parts of an XLSX file (a ZIP archive of XML, ECMA-376), not what a statement says.
"""

from __future__ import annotations

import io
import re
import zipfile

from shocpp.times import utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

_FIRST_SHEET, _ABOUT = "xl/worksheets/sheet1.xml", "docProps/core.xml"
_FORMULA = re.compile(r'(<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f>)(?:<v ?/>|<v></v>)')
_TIME = re.compile(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP archive can name


def finished(data: bytes, created: datetime, results: Mapping[str, Decimal]) -> bytes:
    """
    Finish a workbook as openpyxl wrote it.

    Args:
        data: The file.
        created: What it says of its making.
        results: What the formulas of its first sheet come to, by cell; a program that shows it without reckoning
            has nothing else to show.

    Returns:
        The file, with times of its own nowhere.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in made.namelist():
            part = made.read(name)
            if name == _FIRST_SHEET:
                part = _with_results(part.decode(), results).encode()
            elif name == _ABOUT:
                part = _TIME.sub(rf"\g<1>{utc(created)}", part.decode()).encode()
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, part)
    return out.getvalue()


def _with_results(sheet: str, results: Mapping[str, Decimal]) -> str:
    """Put the result of each formula behind it."""
    return _FORMULA.sub(lambda found: f"{found[1]}<v>{results[found[2]]}</v>", sheet)
