"""prices.json: what is in it and what is refused, with file, entry and field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shocpp.errors import ConfigError, MissingError
from shocpp.spool.conf.configuration import read_prices

ROOT = Path(__file__).parents[2]
GOOD = {"currency": "EUR", "prices": [{"per_kwh": "0.30"}]}


def test_example() -> None:
    """The example is a good file."""
    found = read_prices(str(ROOT / "conf/prices.json.example"))
    assert (found.currency, found.accounts()) == ("EUR", ["tenant-z"])


@pytest.mark.parametrize(("content", "complaint"), [
    ({**GOOD, "currency": "Euro"}, "field currency: "),
    ({"prices": []}, "the whole file: currency is missing"),
    ({**GOOD, "price": []}, "the whole file: "),
    ({**GOOD, "prices": [{}]}, "field prices, item 1: per_kwh is missing"),
    ({**GOOD, "prices": [{"per_kwh": 0.3}]}, "field prices, item 1, field per_kwh: 0.3 is no price: write \"0.3\""),
    ({**GOOD, "prices": [{"per_kwh": "0,30"}]}, "field prices, item 1, field per_kwh: '0,30' is no price: write 0.30"),
    ({**GOOD, "prices": [{"per_kwh": "-1"}]}, "field prices, item 1, field per_kwh: '-1' is no price"),
    ({**GOOD, "prices": [{"per_kwh": "1e5"}]}, "field prices, item 1, field per_kwh: '1e5' is no price"),
    ({**GOOD, "prices": [{"per_kwh": "1", "from": "1.1.2026"}]}, "field prices, item 1, field from: '1.1.2026'"),
    ({**GOOD, "prices": [{"per_kwh": "1", "accounts": []}]}, "field prices, item 1, field accounts: "),
    ({**GOOD, "prices": [{"per_kwh": "1"}, {"per_kwh": "2"}]}, "field prices, item 2: for all accounts on the same"),
    ([], "the whole file: "),
])  # fmt: skip
def test_refused(tmp_path: Path, content: Any, complaint: str) -> None:
    """What would make wrong amounts, or may be meant otherwise, is refused where it stands."""
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ConfigError) as caught:
        read_prices(str(path))
    assert str(caught.value).startswith(f"{path}, {complaint}")


def test_not_there(tmp_path: Path) -> None:
    """A file that is not there is told from one that is wrong."""
    with pytest.raises(MissingError):
        read_prices(str(tmp_path / "prices.json"))
