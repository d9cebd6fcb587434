"""
A statement as PDF/A: the page that ``html`` makes, laid out on paper by WeasyPrint with all its fonts inside.

WeasyPrint is an extra. It fetches nothing: whatever a name may have brought into the page, no file and no address is
opened for it.
"""

from __future__ import annotations

from hashlib import sha256

from shocpp.errors import UnavailableError
from shocpp.installation import lacking
from shocpp.report import html

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from shocpp.ledger.statement import Statement
    from shocpp.report.forms import Forms
    from shocpp.report.words import Words

_VARIANT = "pdf/a-3u"  # texts can be searched, and files may be attached
_PANGO = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def document(statement: Statement, words: Words, forms: Forms) -> bytes:
    """
    Write a statement.

    Args:
        statement: The statement.
        words: Its language.
        forms: How it writes numbers and dates.

    Returns:
        The file; the same bytes for the same statement, version of WeasyPrint and fonts.

    Raises:
        UnavailableError: WeasyPrint, Pango or Jinja2 is not there.
    """
    return laid_out("".join(html.page(statement, words, forms, is_paper=True)))


def laid_out(page: str) -> bytes:
    """
    Lay a page out on paper.

    Args:
        page: HTML that needs nothing else; what it asks for all the same stays away.

    Returns:
        PDF/A.

    Raises:
        UnavailableError: WeasyPrint or Pango is not there.
    """
    weasyprint = _library()
    identifier = sha256(page.encode()).digest()[:16]
    made = weasyprint.HTML(string=page, url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols=()))
    return bytes(made.write_pdf(pdf_variant=_VARIANT, pdf_identifier=identifier))


def _library() -> ModuleType:
    """
    Give WeasyPrint.

    Raises:
        UnavailableError: It is not there, or what it needs of the system is not.
    """
    try:
        import weasyprint
    except ImportError:
        raise UnavailableError(lacking("PDF", "WeasyPrint", "pdf")) from None
    except OSError as error:
        raise UnavailableError(f"PDF needs Pango, which WeasyPrint does not find: {_PANGO} ({error})") from None
    found: ModuleType = weasyprint
    return found
