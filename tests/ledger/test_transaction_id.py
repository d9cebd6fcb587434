"""What transaction ids promise: they decode to what they were made of, over all accounts, connectors and meters."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shocpp.errors import DataError
from shocpp.ledger import transaction_id as ids

UNITS = st.sampled_from(["kwh", "wh"])
INDEXES = st.integers(0, 214)
CONNECTORS = st.none() | st.integers(0, 12)
METERS = st.integers(0, 1 << 62) | st.integers(0, 10**8) | st.integers(-(10**6), 10**11)


def part_of(meter_wh: int, unit: str) -> int:
    """Reckon the meter part once more, in other words than the code does."""
    whole = (meter_wh - meter_wh % 1000) // 1000 if unit == "kwh" else meter_wh
    return int(f"{whole:030}"[-6:]) if whole >= 0 else whole % 10**6


def old_id(index: int, meter_wh: int, unit: str) -> int:
    """Make an id as it was handed out before there were slots: seven digits of the meter."""
    return index * 10_000_000 + (meter_wh // 1000 if unit == "kwh" else meter_wh) % 10_000_000


@given(INDEXES, CONNECTORS, METERS, UNITS)
@example(214, 12, 999_999_999, "kwh")
@example(214, 8, 483_648, "wh")
@example(213, 10, 999_999, "wh")
def test_an_id_is_made_of_its_account_and_meter(index: int, connector: int | None, meter_wh: int, unit: str) -> None:
    """Each of the ids that a charge can have decodes to account and meter part, and fits into 31 bits."""
    part = part_of(meter_wh, unit)
    possible = list(ids.possible(index, meter_wh, unit, connector))
    assert (
        len(set(possible))
        == len(possible)
        == (9 if index == part == 0 else 10 if index < 214 else 8 if part <= 483_647 else 7)
    )
    for transaction_id in possible:
        assert 0 < transaction_id <= 2_147_483_647
        assert ids.decode(transaction_id) == (index, part)
        assert ids.agrees(part, meter_wh, unit)


@given(INDEXES, CONNECTORS, METERS, UNITS)
def test_the_connector_has_its_own_slot(index: int, connector: int | None, meter_wh: int, unit: str) -> None:
    """The first choice has the connector less one in its seventh digit, where that fits; the id 0 is no choice."""
    slot = (connector - 1) % 10 if connector else 0
    wanted = index * 10_000_000 + slot * 1_000_000 + part_of(meter_wh, unit)
    first = next(ids.possible(index, meter_wh, unit, connector))
    assert first == (wanted or 1_000_000) if wanted < 2**31 else first == wanted - slot * 1_000_000


@given(INDEXES, METERS, st.integers(1, 10), st.integers(1, 10), UNITS)
def test_two_connectors_never_choose_the_same_id(index: int, meter_wh: int, one: int, other: int, unit: str) -> None:
    """Two connectors with the same reading have two ids, unless the index is the last one, or the one's is 0."""
    first = next(ids.possible(index, meter_wh, unit, one))
    second = next(ids.possible(index, meter_wh, unit, other))
    is_zero = index == part_of(meter_wh, unit) == 0  # the next slot is connector 2's own
    assert first != second or one == other or index == 214 or (is_zero and {one, other} == {1, 2})


@pytest.mark.parametrize("connector", [None, 0, 1])
def test_connector_1_has_the_id_that_it_always_had(connector: int | None) -> None:
    """Below 1 GWh the id is the one that every shocpp has handed out."""
    assert next(ids.possible(2, 9_042_700, "kwh", connector)) == 20_009_042


@given(INDEXES, METERS, INDEXES, METERS, CONNECTORS, CONNECTORS, UNITS)
def test_two_accounts_never_share_an_id(
    one: int, meter: int, other: int, other_meter: int, connector: int | None, second: int | None, unit: str
) -> None:
    """Equal ids have equal accounts: neither slot nor meter part runs over into the index."""
    shared = {*ids.possible(one, meter, unit, connector)} & {*ids.possible(other, other_meter, unit, second)}
    assert not shared or one == other


@pytest.mark.parametrize(("unit", "edge_wh"), [("kwh", 483_647_999), ("wh", 483_647)])
def test_the_largest_id_is_the_largest_signed_32_bit_integer(unit: str, edge_wh: int) -> None:
    """Index 214 in slot 7 fits up to meter part 483 647; one more is refused in words that name all three."""
    assert ids.encode(214, edge_wh, unit, 7) == 2**31 - 1
    with pytest.raises(DataError, match=rf"214, slot 7 .*{edge_wh + 1} Wh"):
        ids.encode(214, edge_wh + 1, unit, 7)


@pytest.mark.parametrize("index", [-1, 215, 10_000])
def test_no_account_beyond_the_214(index: int) -> None:
    """An index that no tags.json can have is refused, not wrapped."""
    with pytest.raises(DataError, match="index"):
        ids.encode(index, 0, "kwh")
    with pytest.raises(DataError, match="index"):
        list(ids.possible(index, 0, "kwh", 1))


@given(st.integers())
@example(-1)
@example(2**31)
@example(2**31 - 1)
@example(0)
def test_decoding_takes_whatever_comes(number: int) -> None:
    """A number outside of 0 to 2**31 - 1 is none of ours; within, it decodes to an index and part that make it."""
    decoded = ids.decode(number)
    if decoded is None:
        assert not 0 <= number <= 2**31 - 1
    else:
        index, part = decoded
        assert 0 <= index <= 214 and 0 <= part < 1_000_000
        assert (number - index * 10_000_000 - part) in range(0, 10_000_000, 1_000_000)


@given(INDEXES, CONNECTORS, st.integers(0, 10**12), st.integers(0, 120_000_000), st.data())
def test_what_was_drawn_comes_back_in_kwh(
    index: int, connector: int | None, begin_wh: int, drawn_wh: int, data: st.DataObject
) -> None:
    """Stop minus part is what the floored readings differ by, also when the meter passes 1 GWh meanwhile."""
    begin_wh = data.draw(st.sampled_from([begin_wh, 10**9 - 1 - begin_wh % 10**6]))
    for transaction_id in ids.possible(index, begin_wh, "kwh", connector):
        _, part = ids.decode(transaction_id) or (0, 0)
        end_wh = begin_wh + drawn_wh
        expected = end_wh // 1000 - begin_wh // 1000
        for reading in (end_wh, end_wh % 10**9, end_wh % 10**10):  # meters with fewer digits roll over
            assert ids.drawn(part, reading, "kwh") == (expected if expected <= 100_000 else None)


@given(INDEXES, CONNECTORS, st.integers(0, 10**12), st.integers(0, 900_000))
def test_what_was_drawn_comes_back_to_the_wh(index: int, connector: int | None, begin_wh: int, drawn_wh: int) -> None:
    """With Wh in the id every charge up to 900 kWh is exact to the Wh without any state, also around the modulus."""
    for transaction_id in ids.possible(index, begin_wh, "wh", connector):
        _, part = ids.decode(transaction_id) or (0, 0)
        assert ids.drawn(part, begin_wh + drawn_wh, "wh") == drawn_wh
        assert ids.drawn(part, (begin_wh + drawn_wh) % 10**6, "wh") == drawn_wh


@given(st.integers(0, 213), st.integers(0, 10**12), st.integers(0, 900_000), UNITS)
def test_an_id_from_before_the_slots_decodes_to_the_same_energy(
    index: int, begin_wh: int, drawn_wh: int, unit: str
) -> None:
    """Account and consumption of an id with seven digits of the meter are what they were."""
    decoded = ids.decode(old_id(index, begin_wh, unit))
    assert decoded is not None and decoded[0] == index
    end_wh = begin_wh + drawn_wh
    expected = drawn_wh if unit == "wh" else end_wh // 1000 - begin_wh // 1000
    assert ids.drawn(decoded[1], end_wh, unit) == expected


@pytest.mark.parametrize(("unit", "scale", "most"), [("kwh", 1000, 100_000), ("wh", 1, 900_000)])
def test_beyond_the_most_it_is_no_charge(unit: str, scale: int, most: int) -> None:
    """The largest charge still counts; one unit more, and one unit backwards, is no charge."""
    assert ids.drawn(9042, (9042 + most) * scale, unit) == most
    assert ids.drawn(9042, (9042 + most + 1) * scale, unit) is None
    assert ids.drawn(9042, 9042 * scale - 1, unit) is None
    assert ids.drawn(9042, 9042 * scale, unit) == 0


@given(st.integers(0, 999_999), METERS, UNITS)
def test_nothing_drawn_is_ever_negative(part: int, meter_wh: int, unit: str) -> None:
    """Whatever the meter says, the consumption is at least 0 or it is none."""
    drawn = ids.drawn(part, meter_wh, unit)
    assert drawn is None or drawn >= 0
