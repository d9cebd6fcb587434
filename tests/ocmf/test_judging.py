"""The verdict on signed meter values: valid, not valid with the reason, unknown, or none."""

from __future__ import annotations

import base64
import sys
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from shocpp.ocmf.judging import verdict
from shocpp.ocmf.signature import decoded
from tests.support.meters import Meter, reading

METER = Meter()
# the example of the transparency software's documentation, of a KEBA wallbox, and its public key
PUBLISHED = (
    'OCMF|{"FV":"1.0","GI":"KEBA_KCP30","GS":"17619300","GV":"2.8.5","PG":"T32","IS":false,"IL":"NONE","IF":'
    '["RFID_NONE","OCPP_NONE","ISO15118_NONE","PLMN_NONE"],"IT":"NONE","ID":"","RD":[{"TM":'
    '"2019-08-13T10:03:15,000+0000 I","TX":"B","EF":"","ST":"G","RV":0.2596,"RI":"1-b:1.8.0","RU":"kWh"},{"TM":'
    '"2019-08-13T10:03:36,000+0000 R","TX":"E","EF":"","ST":"G","RV":0.2597,"RI":"1-b:1.8.0","RU":"kWh"}]}|{"SD":'
    '"304502200E2F107C987A300AC1695CA89EA149A8CDFA16188AF0A33EE64B67964AA943F9022100889A72B6D65364BEA8562E7F6A025315'
    '7ACFF84FE4929A93B5964D23C4265699"}'
)
PUBLISHED_KEY = (
    "3059301306072A8648CE3D020106082A8648CE3D030107034200043AEEB45C392357820A58FDFB0857BD77ADA31585C61C430531DFA53B44"
    "0AFBFDD95AC887C658EA55260F808F55CA948DF235C2108A0D6DC7D4AB1A5E1A7955BE"
)


def judged(
    *texts: str, keys: tuple[str, ...] = (METER.public_key,), wh: int | None = 32_400, is_exact: bool = True
) -> str:
    """Judge texts; verdict and reason."""
    found = verdict([{"value": text} for text in texts], keys, wh, is_exact)
    return f"{found.verdict} {found.why}".strip()


def begin(wh: int = 9_042_700, page: int = 7, meter: Meter = METER, **more: Any) -> str:
    return meter.signed(page, [reading("B", wh, **more)])


def end(wh: int = 9_075_100, page: int = 8, meter: Meter = METER, **more: Any) -> str:
    return meter.signed(page, [reading("E", wh, **more)])


def test_a_published_example() -> None:
    """The example that others publish is valid by its key, plain and hex-encoded; with a letter changed it is not."""
    assert judged(PUBLISHED, keys=(PUBLISHED_KEY,), wh=0) == "valid"
    assert judged(PUBLISHED.encode().hex(), keys=(PUBLISHED_KEY,), wh=0) == "valid"
    assert judged(PUBLISHED.replace("0.2597", "0.2598"), keys=(PUBLISHED_KEY,), wh=0) == "invalid signature"
    assert judged(PUBLISHED.replace('"GV":', '"GV": '), keys=(PUBLISHED_KEY,), wh=0) == "invalid signature"


@pytest.mark.parametrize("key", [
    METER.public_key,
    METER.public_key.upper(),
    base64.b64encode(bytes.fromhex(METER.public_key)).decode(),
    METER.point,
    METER.point[2:],
])  # fmt: skip
def test_every_form_of_a_key(key: str) -> None:
    """A key is DER or the bare point, as hex or base64; it may stand among others."""
    assert judged(begin(), end(), keys=(Meter(secret=1).public_key, key)) == "valid"


@pytest.mark.parametrize(("curve", "algorithm"), [
    (ec.SECP256K1(), "ECDSA-secp256k1-SHA256"),
    (ec.SECP384R1(), "ECDSA-secp384r1-SHA256"),
    (ec.BrainpoolP256R1(), "ECDSA-brainpool256r1-SHA256"),
])  # fmt: skip
def test_other_curves(curve: ec.EllipticCurve, algorithm: str) -> None:
    """The curves of the specification are verified; one that is said to be another one is not good."""
    meter = Meter(curve=curve)
    both = [meter.signed(7, [reading("B", 0), reading("E", 1000)], algorithm)]
    assert judged(*both, keys=(meter.public_key,), wh=1000) == "valid"
    assert judged(*both, keys=(METER.public_key,), wh=1000) == "invalid signature"
    assert judged(*both, keys=(meter.point,), wh=1000) == "valid"


FOREIGN = Meter("M-2")
JUDGED = {
    "valid": (begin(), end()),
    "invalid signature": (begin(), end(meter=Meter(secret=5))),
    "invalid meter": (begin(), end(meter=FOREIGN)),
    "invalid pages": (begin(page=7), end(page=9)),
    "invalid flags": (begin(), end(EF="E")),
    "invalid energy": (begin(), end(wh=9_075_200)),
    "invalid incomplete": (begin(),),
    "unknown begin": (end(),),
    "invalid format": (begin(), "OCMF|{}|"),
    "unknown format": (begin(), "AP;0;3;ALCV3R"),
    "none": (),
}


@pytest.mark.parametrize("wanted", JUDGED)
def test_verdicts(wanted: str) -> None:
    """Each way in which values prove nothing has a verdict of its own."""
    assert judged(*JUDGED[wanted]) == wanted


@pytest.mark.parametrize("texts", [
    (begin(ST="X"), end()),
    (begin(EF="t"), end()),
    (end(EF="E"),),
    (begin(), METER.signed(8, [reading("C", 9_050_000, ST="F"), reading("E", 9_075_100)])),
])  # fmt: skip
def test_any_flag_counts(texts: tuple[str, ...]) -> None:
    """A reading whose state is not good, or that has an error, spoils the whole, whichever it is."""
    assert judged(*texts) == "invalid flags"


def test_pages_count_up_one_by_one() -> None:
    """Values between begin and end have the pages between; one that is missing, or in the wrong order, is seen."""
    between = [METER.signed(page, [reading("C", 9_050_000)]) for page in (8, 9)]
    assert judged(begin(page=7), *between, end(page=10)) == "valid"
    assert judged(begin(page=7), between[1], end(page=10)) == "invalid pages"
    assert judged(begin(page=8), end(page=7)) == "invalid pages"
    assert judged(begin(page=7), begin(page=7), end(page=8)) == "valid", "sent twice"


def test_what_a_later_reading_leaves_out_is_as_before() -> None:
    """A reading that names neither register, unit nor state has those of the reading before it."""
    short = METER.signed(7, [reading("B", 0), {"TX": "E", "RV": 1.5}])
    assert judged(short, wh=1500) == "valid"


@pytest.mark.parametrize(("wh", "is_exact", "wanted"), [
    (32_401, True, "valid"),
    (32_402, True, "invalid energy"),
    (32_000, False, "valid"),
    (33_399, False, "valid"),
    (34_000, False, "invalid energy"),
    (None, True, "valid"),
])  # fmt: skip
def test_energy(wh: int | None, is_exact: bool, wanted: str) -> None:
    """What was signed is what was billed: to the Wh that rounding takes, or where only kWh are known within one."""
    assert judged(begin(), end(), wh=wh, is_exact=is_exact) == wanted


def test_an_export_register_does_not_count_against_it() -> None:
    """Of several registers one must have measured what was billed."""
    both = [
        METER.signed(page, [reading(kind, wh), reading(kind, 0, RI="1-b:2.8.0")])
        for page, kind, wh in ((1, "B", 0), (2, "E", 5000))
    ]
    assert judged(*both, wh=5000) == "valid" and judged(*both, wh=4000) == "invalid energy"


def test_what_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key, with an algorithm that is not known, or without the package nothing is called wrong."""
    assert judged(begin(), end(), keys=()) == "unknown key"
    odd = [METER.signed(7, [reading("B", 0), reading("E", 1)], f"ECDSA-{each}-SHA256") for each in ("secp192k1", "x")]
    assert [judged(each) for each in odd] == ["unknown algorithm"] * 2
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    assert judged(begin(), end()) == "unknown package"


@pytest.mark.parametrize("text", [
    "OCMF|", "OCMF||", "OCMF|[]|{}", "OCMF|{}|{}|", "OCMF|{\"RD\":[1]}|{}", "OCMF|{\"RD\":{}}|{\"SD\":5}",
    "OCMF|" + "[" * 100_000 + "|{}", "OCMF|{}|{\"SD\":\"zz\"}", "OCMF|{\"PG\":\"T²\"}|{\"SD\":\"00\"}",
])  # fmt: skip
def test_nonsense_is_invalid(text: str) -> None:
    """Whatever follows the first letters, it is judged, and no error."""
    assert judged(text).startswith("invalid ")


def test_a_key_that_is_none() -> None:
    """A key that cannot be read fits nothing; that it is none is said where the file is checked."""
    assert judged(begin(), end(), keys=("00",)) == "invalid signature" and decoded("!") is None
