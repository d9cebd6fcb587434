"""The PDF: everything of the page is on paper, as PDF/A, and nothing is fetched for it."""

from __future__ import annotations

import io
import re
import struct
import sys
import zlib
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from shocpp.cli.summary import main
from shocpp.report import formats, pdf
from shocpp.report.words import Words
from tests.support import later_months, papers
from tests.support.invented_month import golden_page
from tests.support.pages import page
from tests.support.records import exact, put


class Seen(HTMLParser):
    """Collects the words of a page that are printed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: Counter[str] = Counter()
        self._hidden = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in {"head", "details", "title", "desc", "style"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"head", "details", "title", "desc", "style"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.update(data.split())


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """A statement with taxes and letterhead, and a hostile name, as a page and as a PDF."""
    home = tmp_path_factory.mktemp("home")
    name = "<img src=file:///etc/passwd><b>"
    put(home / "accounting", exact(name, "2026-10-30 10:00:00", charge_point="hof"), month="2026/10")
    found = later_months.statement(home, "taxed")
    return page(found, "html", "de"), formats.document(found, "pdf", Words("de"), "de")


def text_of(data: bytes) -> str:
    """Read the text of all sheets."""
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(data)).pages)


def test_has_all_of_the_page(printed: tuple[str, bytes]) -> None:
    """Each figure and word of the page is on paper as often as there, so that lines and totals are the same."""
    html, data = printed
    wanted, text = Seen(html).words, re.sub(r"\s+", "", text_of(data))
    assert wanted["11,250"] == 1 and len(wanted) > 200
    assert {word for word in wanted if word not in text} == set()
    there = Counter(text)
    for digit in "0123456789":
        assert there[digit] >= sum(word.count(digit) * count for word, count in wanted.items())


def test_can_be_kept(printed: tuple[str, bytes]) -> None:
    """It is PDF/A-3u on A4: fonts inside, colours defined, its conformance named, its language known."""
    reader = PdfReader(io.BytesIO(printed[1]))
    boxes = [sheet.mediabox for sheet in reader.pages]
    assert {(round(float(box.width)), round(float(box.height))) for box in boxes} == {(595, 842)}
    root: Any = reader.trailer["/Root"]
    about = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in about and 'pdfaid:conformance="U"' in about
    assert root["/OutputIntents"] and root["/Lang"] == "de"
    fonts = [font.get_object() for sheet in reader.pages for font in sheet["/Resources"]["/Font"].values()]  # type: ignore[index]
    descriptors = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert descriptors and all({"/FontFile", "/FontFile2", "/FontFile3"} & each.keys() for each in descriptors)


@pytest.mark.parametrize(
    ("story", "language"), [pytest.param("taxed", "de", marks=pytest.mark.thorough), ("letter", "en")]
)
def test_stays_as_it_was(tmp_path: Path, story: str, language: str) -> None:
    """Words, sheets and title are those of the golden file, which people have read; nothing speaks against PDF/A."""
    data = formats.document(later_months.statement(tmp_path, story), "pdf", Words(language), language)
    golden = golden_page("pdf", language, story).decode()
    assert papers.written(data) == golden, "`python -m tests.support.invented_month`, then `git diff`"
    assert papers.faults(data) == []


def test_what_is_no_pdf_a_is_seen() -> None:
    """The check can fail: a PDF as WeasyPrint makes it unasked has nothing that says what it is."""
    import weasyprint

    plain = weasyprint.HTML(string="<p>A").write_pdf()
    assert papers.faults(plain) == [
        "no identifier",
        "metadata do not name PDF/A-3u",
        "metadata have another title",
        "no language",
        "no profile of its colours",
    ]
    assert "something behind its end" in papers.faults(plain + b"x")


def test_a_hostile_name_is_a_text(printed: tuple[str, bytes]) -> None:
    """Markup in a name is printed as it is, and puts no picture on paper."""
    assert "<img" in text_of(printed[1])
    assert not [image for sheet in PdfReader(io.BytesIO(printed[1])).pages for image in sheet.images]


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """Also if a page did ask for a file, none is opened; the check can fail, since data: would be a picture."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(png())
    laid_out = pdf.laid_out(f"<p>A<img src='{picture.as_uri()}'><link rel=stylesheet href='{picture.as_uri()}'>")
    assert not PdfReader(io.BytesIO(laid_out)).pages[0].images
    import weasyprint

    fetching = weasyprint.HTML(string=f"<p>A<img src='{picture.as_uri()}'>").write_pdf()
    assert PdfReader(io.BytesIO(fetching)).pages[0].images


def png() -> bytes:
    """Make a picture of one dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    )


def test_without_weasyprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Where the package is missing it is said how it is put into this installation, and nothing else is written."""
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert main(["2026", "9", "--format", "pdf"]) == 69
    out, err = capfd.readouterr()
    install = f"{sys.executable} -m pip install 'weasyprint>=68,<71'"
    assert (out, err) == ("", f"shocpp-summary: PDF needs WeasyPrint, which is not installed: {install}\n")


def test_without_pango(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Where the system lacks what WeasyPrint draws with, it is said how to get that."""
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')\n")
    monkeypatch.setenv("SHOCPP_HOME", str(tmp_path))
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["2026", "9", "--format", "pdf"]) == 69
    out, err = capfd.readouterr()
    assert out == "" and "apt-get install libpango-1.0-0" in err and err.count("\n") == 1
