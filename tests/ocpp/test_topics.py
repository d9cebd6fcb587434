"""Topics: what a layout subscribes to, what a topic says, and where answers are published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shocpp.errors import ConfigError
from shocpp.ocpp.topics import ANSWER, Layout, Template, fits_in_topic

OLD = (
    "call=ocpp/${clientid}/up/request/${action}/${id} reply=ocpp/${clientid}/up/response/${action}/${id} "
    "reply=ocpp/${clientid}/up/error/${action}/${id} down=ocpp/${clientid}/dn/${type}/${action}/${id}"
)
LEVELS = st.text(st.characters(exclude_characters="/+#\0"), min_size=1, max_size=12)


@pytest.mark.parametrize(("layout", "filters"), [
    ("emqx5", ["ocpp/cp/+", "ocpp/cp/+/Reply"]),
    ("emqx4", ["ocpp/cp/+/+", "ocpp/cp/+/Notify/+"]),
    (OLD, ["ocpp/+/up/request/+/+", "ocpp/+/up/response/+/+", "ocpp/+/up/error/+/+"]),
])  # fmt: skip
def test_filters(layout: str, filters: list[str]) -> None:
    """All that goes up is subscribed to, nothing twice: a broker may deliver for each filter."""
    assert Layout(layout).filters == filters


@pytest.mark.parametrize(("layout", "topic", "is_call", "said"), [
    ("emqx5", "ocpp/cp/CP001", True, ("CP001", "")),
    ("emqx5", "ocpp/cp/CP001/Reply", False, ("CP001", "")),
    ("emqx5", "ocpp/cp/Reply/Reply", False, ("Reply", "")),
    ("emqx4", "ocpp/cp/CP001/Heartbeat", True, ("CP001", "Heartbeat")),
    ("emqx4", "ocpp/cp/CP001/Notify/BootNotification", True, ("CP001", "BootNotification")),
    ("emqx4", "ocpp/cp/Reply/CP001", False, ("CP001", "")),
    ("emqx4", "ocpp/cp/Error/CP001", False, ("CP001", "")),
    # the type of the message decides: a charge point may be called Reply
    ("emqx4", "ocpp/cp/Reply/Heartbeat", True, ("Reply", "Heartbeat")),
    (OLD, "ocpp/CP001/up/request/Authorize/17", True, ("CP001", "Authorize")),
    ("emqx5", "ocpp/cs/CP001", True, None),
    ("emqx5", "ocpp/cp/CP001/Reply/more", False, None),
    ("emqx5", "ocpp/cp/", True, None),
    ("call=a/${cid}/a reply=a/${cid}/b down=c/${cid}", "x/CP001/a", True, None),
])  # fmt: skip
def test_what_a_topic_says(layout: str, topic: str, is_call: bool, said: tuple[str, str] | None) -> None:
    """Charge point and action are read where the layout has them; a topic of others is none of ours."""
    assert Layout(layout).read(topic, is_call) == said


@pytest.mark.parametrize(("topic", "identities"), [
    ("ocpp/cp/CP001/Heartbeat", {"CP001"}), ("ocpp/cp/Reply/CP001", {"CP001", "Reply"}), ("ocpp/cs/CP001", set()),
])  # fmt: skip
def test_whose_a_topic_may_be(topic: str, identities: set[str]) -> None:
    """All that may be meant are named: what is said there decides."""
    assert Layout("emqx4").identities(topic) == identities


@pytest.mark.parametrize(("layout", "topic"), [
    ("emqx5", "ocpp/cs/CP001"),
    ("emqx4", "ocpp/cs/CP001/Reply/BootNotification"),
    (OLD, "ocpp/CP001/dn/3/BootNotification/17"),
])  # fmt: skip
def test_where_answers_go(layout: str, topic: str) -> None:
    """Each place of the topic has something in it, wildcards too."""
    assert Layout(layout).down.fill("CP001", ANSWER, "BootNotification", 3, "17") == topic


@given(LEVELS, st.text(max_size=8), st.text(max_size=8))
def test_nobody_publishes_elsewhere(identity: str, action: str, unique_id: str) -> None:
    """Whatever a message has in it, its topic is one that the charge point's filter takes, and has no wildcard."""
    for text in ("emqx5", "emqx4", OLD):
        down = Layout(text).down
        topic = down.fill(identity, ANSWER, action, 3, unique_id)
        assert "+" not in topic and "#" not in topic and "\0" not in topic
        assert [b for a, b in zip(down.filter_of(identity).split("/"), topic.split("/"), strict=True) if a != "+"] == [
            a for a in down.filter_of(identity).split("/") if a != "+"
        ]
        said = down.read(topic)
        assert said is not None and said[0] == identity


@pytest.mark.parametrize(("text", "words"), [
    ("emqx6", "no layout"),
    ("call=a/${cid} reply=b/${cid}", "not whole"),
    ("call=a/${cid} reply=b/${cid} down=c/${cid} down=d/${cid}", "not whole"),
    ("call=a/b reply=b/${cid} down=c/${cid}", "does not have ${cid}"),
    ("call=a/x${cid} reply=b/${cid} down=c/${cid}", "does not have ${cid}"),
    ("call=a/${cid}/# reply=b/${cid} down=c/${cid}", "no level"),
    ("call=a/${cid}/${name} reply=b/${cid} down=c/${cid}", "no level"),
])  # fmt: skip
def test_layouts_that_make_no_sense(text: str, words: str) -> None:
    """A layout that is none is told so, with what is wrong in it."""
    with pytest.raises(ConfigError) as caught:
        Layout(text)
    assert words in str(caught.value)


@given(st.text(max_size=12))
def test_identities_that_fit(identity: str) -> None:
    """An identity that fits is read from its topic as it is."""
    if fits_in_topic(identity):
        assert Template("a/${cid}").read(f"a/{identity}") == (identity, "")
