"""What transaction ids promise: they decode to what they were made of, over all accounts, all meters and both units."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shocpp.errors import DataError
from shocpp.ledger import transaction_id as ids

UNITS = st.sampled_from(["kwh", "wh"])
INDEXES = st.integers(0, 214)
METERS = st.integers(0, 1 << 62) | st.integers(0, 10**8) | st.integers(-(10**6), 10**11)
LAST_PART = 7_483_647  # what is left for the meter below 2**31 at index 214


def part_of(meter_wh: int, unit: str) -> int:
    """Reckon the meter part once more, in other words than the code does."""
    whole = (meter_wh - meter_wh % 1000) // 1000 if unit == "kwh" else meter_wh
    return int(f"{whole:030}"[-7:]) if whole >= 0 else whole % 10**7


def made(index: int, meter_wh: int, unit: str) -> int | None:
    """Make an id; None where none can be made."""
    try:
        return ids.encode(index, meter_wh, unit)
    except DataError:
        return None


@pytest.mark.parametrize("unit", ["kwh", "wh"])
def test_every_account_decodes_to_itself(unit: str) -> None:
    """Each of the 215 indexes, with the meter parts at the edges, makes an id that decodes to just these."""
    scale = 1000 if unit == "kwh" else 1
    for index in range(215):
        for part in (0, 1, 999, 1000, 9042, LAST_PART, *([9_999_999] if index < 214 else [])):
            transaction_id = ids.encode(index, part * scale, unit)
            assert ids.decode(transaction_id) == (index, part)
            assert 0 <= transaction_id < 1 << 31


@given(INDEXES, METERS, UNITS)
@example(214, LAST_PART * 1000 + 999, "kwh")
@example(214, LAST_PART, "wh")
@example(213, 9_999_999_999, "kwh")
def test_an_id_is_made_of_its_account_and_meter(index: int, meter_wh: int, unit: str) -> None:
    """Whatever fits decodes to account and meter part, and the meter agrees with it; what does not fit is refused."""
    transaction_id = made(index, meter_wh, unit)
    part = part_of(meter_wh, unit)
    if index == 214 and part > LAST_PART:
        assert transaction_id is None
    else:
        assert transaction_id == index * 10_000_000 + part
        assert 0 <= transaction_id <= 2_147_483_647
        assert ids.decode(transaction_id) == (index, part)
        assert ids.agrees(part, meter_wh, unit)


@given(INDEXES, METERS, INDEXES, METERS, UNITS)
def test_two_accounts_never_share_an_id(one: int, meter: int, other: int, other_meter: int, unit: str) -> None:
    """Equal ids have equal accounts: the meter part never runs over into the index."""
    first, second = made(one, meter, unit), made(other, other_meter, unit)
    assert first is None or first != second or one == other


@pytest.mark.parametrize(("unit", "edge_wh"), [("kwh", LAST_PART * 1000 + 999), ("wh", LAST_PART)])
def test_the_largest_id_is_the_largest_signed_32_bit_integer(unit: str, edge_wh: int) -> None:
    """Index 214 fits up to meter part 7 483 647; one more is refused in words that name account and meter."""
    assert ids.encode(214, edge_wh, unit) == 2**31 - 1
    with pytest.raises(DataError, match=rf"214 .*{edge_wh + 1} Wh.* another index"):
        ids.encode(214, edge_wh + 1, unit)


@pytest.mark.parametrize("index", [-1, 215, 10_000])
def test_no_account_beyond_the_214(index: int) -> None:
    """An index that no tags.json can have is refused, not wrapped."""
    with pytest.raises(DataError, match="index"):
        ids.encode(index, 0, "kwh")


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
        assert 0 <= index <= 214 and 0 <= part < 10_000_000
        assert index * 10_000_000 + part == number


@given(INDEXES, st.integers(0, 10**12), st.integers(0, 1_000_000_000), st.data())
def test_what_was_drawn_comes_back_in_kwh(index: int, begin_wh: int, drawn_wh: int, data: st.DataObject) -> None:
    """Stop minus part is what the floored readings differ by, also when the meter passes 10 GWh meanwhile."""
    begin_wh = data.draw(st.sampled_from([begin_wh, 10**10 - 1 - begin_wh % 10**6]))
    transaction_id = made(index, begin_wh, "kwh")
    if transaction_id is not None:
        _, part = ids.decode(transaction_id) or (0, 0)
        end_wh = begin_wh + drawn_wh
        expected = end_wh // 1000 - begin_wh // 1000
        for reading in (end_wh, end_wh % 10**10):  # a meter with ten digits rolls over, a better one goes on
            assert ids.drawn(part, reading, "kwh") == (expected if expected <= 1_000_000 else None)


@given(INDEXES, st.integers(0, 10**12), st.integers(0, 5_000_000))
def test_what_was_drawn_comes_back_to_the_wh(index: int, begin_wh: int, drawn_wh: int) -> None:
    """With Wh in the id every charge up to 5 MWh is exact to the Wh without any state, also around the modulus."""
    transaction_id = made(index, begin_wh, "wh")
    if transaction_id is not None:
        _, part = ids.decode(transaction_id) or (0, 0)
        assert ids.drawn(part, begin_wh + drawn_wh, "wh") == drawn_wh
        assert ids.drawn(part, (begin_wh + drawn_wh) % 10**7, "wh") == drawn_wh


@pytest.mark.parametrize(("unit", "scale", "most"), [("kwh", 1000, 1_000_000), ("wh", 1, 5_000_000)])
def test_beyond_the_most_it_is_a_meter_that_ran_backwards(unit: str, scale: int, most: int) -> None:
    """The largest charge still counts; one unit more, and one unit backwards, is no charge."""
    assert ids.drawn(9042, (9042 + most) * scale, unit) == most
    assert ids.drawn(9042, (9042 + most + 1) * scale, unit) is None
    assert ids.drawn(9042, 9042 * scale - 1, unit) is None
    assert ids.drawn(9042, 9042 * scale, unit) == 0


@given(st.integers(0, 9_999_999), METERS, UNITS)
def test_nothing_drawn_is_ever_negative(part: int, meter_wh: int, unit: str) -> None:
    """Whatever the meter says, the consumption is at least 0 or it is none."""
    drawn = ids.drawn(part, meter_wh, unit)
    assert drawn is None or drawn >= 0


@given(INDEXES, METERS, UNITS)
def test_a_repeated_start_gets_the_same_id(index: int, meter_wh: int, unit: str) -> None:
    """The id is a function of account and reading alone."""
    assert made(index, meter_wh, unit) == made(index, meter_wh, unit)
