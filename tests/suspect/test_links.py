import msgspec
import pytest

from pipeline.record import Tick
from pipeline.suspect import Memory, recall, rest, wakes
from pipeline.suspect.links import MOST_LINKS, NEAR, PARTS
from pipeline.suspect.memory import FORGET_LINKS
from tests.suspect.sightings import OTHER, PACK, TEXT, counted, event, judged, said, told
from tests.understand.samples import SPAN


@pytest.mark.parametrize(
    "key",
    [
        {"event__action": "completion", "gen_ai__response__id": "resp-1"},
        {"event__action": "tool_call", "gen_ai__tool__call__id": "toolu-1"},
        {"event__action": "approval", "gen_ai__tool__call__id": "toolu-1"},
        {"span__id": SPAN, "ai__content__role": "user"},
        {"ai__content__hash": TEXT},
    ],
)
def test_two_sources_tell_one_act_under_a_common_key(key):
    memory = Memory()

    assert told(memory, event("a", "gateway", **key), event("b", "audit", 9.0, **key)) == ["a", "a"]
    assert told(memory, event("b", "audit", 9.0, **key), event("c", "gateway", 9.0, **key)) == ["a", "c"]
    assert counted(memory) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"gen_ai__response__id": "resp-1"}, {"gen_ai__response__id": "resp-1"}),
        ({"event__action": "tool_call", "gen_ai__tool__call__id": "7"},) * 2,
        ({"ai__content__hash": TEXT, "ai__content__length": 3},) * 2,
        ({"ai__content__hash": TEXT}, {"ai__content__hash": TEXT, "event__action": "completion"}),
        (
            {"ai__content__hash": TEXT, "ai__app__id": "chatgpt"},
            {"ai__content__hash": TEXT, "ai__app__id": "poe"},
        ),
        (
            {"ai__content__hash": TEXT, "ai__surface": "browser"},
            {"ai__content__hash": TEXT, "ai__surface": "desktop", "ai__app__id": "poe"},
        ),
        ({"span__id": SPAN, "ai__content__hash": TEXT}, {"span__id": SPAN, "ai__content__hash": OTHER}),
        ({"span__id": SPAN, "ai__content__role": "user"}, {"span__id": SPAN, "ai__content__role": "system"}),
    ],
    ids=[
        "prompts of one answer",
        "counted ids",
        "short texts",
        "other verbs",
        "two apps",
        "two surfaces",
        "two texts",
        "two roles",
    ],
)
def test_what_proves_nothing_joins_nothing(first, second):
    assert told(Memory(), event("a", "gateway", **first), event("b", "audit", **second)) == ["a", "b"]


def test_a_gateway_and_the_app_that_speaks_through_it_tell_one_act():
    through = {"ai__app__id": "fernwood-gateway", "ai__app__category": "gateway"}
    first = event("a", "hook", ai__content__hash=TEXT, ai__app__id="claude-code", ai__surface="cli")

    assert told(
        Memory(), first, event("b", "gateway", ai__content__hash=TEXT, ai__surface="api", **through)
    ) == ["a", "a"]


def test_a_text_joins_for_minutes_only_and_in_any_order_of_time():
    first = event("a", "hook", 1000.0, ai__content__hash=TEXT)

    assert told(Memory(), first, event("b", "otel", 1000.0 - NEAR, ai__content__hash=TEXT)) == ["a", "a"]
    assert told(Memory(), first, event("b", "otel", 1001.0 + NEAR, ai__content__hash=TEXT)) == ["a", "b"]


def test_acts_of_one_source_are_joined_in_their_order():
    memory = Memory()
    ours = [event(f"a{n}", "gateway", ai__content__hash=TEXT) for n in range(3)]
    theirs = [event(f"b{n}", "audit", ai__content__hash=TEXT) for n in range(3)]

    assert told(memory, *ours, *theirs) == ["a0", "a1", "a2"] * 2


def test_no_key_stands_for_more_than_a_few_acts():
    memory = Memory()
    ours = [event(f"a{n}", "gateway", ai__content__hash=TEXT) for n in range(PARTS + 3)]

    assert told(memory, *ours) == [one.id for one in ours]
    assert len(memory.links) == PARTS


def test_a_sighting_without_text_is_the_one_with_it_and_hands_its_keys_on():
    memory = Memory()
    bare = event("a", "span", span__id=SPAN, ai__content__role="user")
    full = event("b", "log", span__id=SPAN, ai__content__role="user", ai__content__hash=TEXT)
    third = event("c", "gateway", ai__content__hash=TEXT)

    assert told(memory, bare, full, third) == ["a", "a", "a"]


def test_keys_that_point_at_two_acts_join_the_surer_one():
    memory = Memory()
    answer = {"event__action": "completion", "gen_ai__response__id": "resp-1"}
    by_text = event("t", "gateway", event__action="completion", ai__content__hash=TEXT)

    assert told(
        memory, by_text, event("a", "audit", **answer), event("b", "otel", **answer, ai__content__hash=TEXT)
    ) == ["t", "a", "a"]


def test_a_source_whose_act_was_told_by_another_tells_the_next_one():
    memory = Memory()
    answer = {"event__action": "completion", "gen_ai__response__id": "resp-1"}
    next_one = event("c", "gateway", event__action="completion", ai__content__hash=TEXT)
    richer = event("b", "audit", **answer, ai__content__hash=TEXT)

    assert told(memory, event("a", "gateway", **answer), richer, next_one) == ["a", "a", "c"]


def test_history_stays_what_it_was_whatever_another_source_tells():
    span = {"span__id": SPAN, "ai__content__role": "user"}

    assert told(
        Memory(), said("a", TEXT, "1"), event("x", "audit", **span), said("b", TEXT, "2", **span)
    ) == [
        "a",
        "x",
        "a",
    ]


def test_a_key_that_is_used_anew_holds_as_long_as_a_new_one():
    memory = Memory()
    old, other = event("a", "x", 0.0, ai__content__hash=TEXT), event("b", "x", 100.0, span__id=SPAN)
    told(memory, old, other, event("c", "x", 2 * NEAR, ai__content__hash=TEXT))

    told(memory, event("d", "x", FORGET_LINKS + 101.0, ai__content__hash=OTHER))

    assert [link.id for link in memory.links.values()] == ["c", "d"]


def test_a_memory_that_was_stored_joins_as_before():
    memory = Memory()
    answer = {"event__action": "completion", "gen_ai__response__id": "x" * 500, "ai__content__hash": TEXT}
    told(memory, event("a", "gateway", **answer))
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=Memory)
    second = event("b", "audit", **answer)

    assert told(again, second) == told(memory, second) == ["a"]
    assert again == memory


def test_a_second_sighting_gives_no_verdict_and_signals_what_it_adds():
    poor = event("a", "gateway", event__code="loud", ai__content__hash=TEXT)
    rich = event("b", "audit", event__code="late", ai__content__hash=TEXT)
    same = event("c", "otel", event__code="loud", ai__content__hash=TEXT)
    memory = Memory()

    assert judged(memory, poor, rich, same, rich) == (["a"], ["loud", "late"])
    assert counted(memory) == 1


def test_a_second_sighting_is_known_when_it_comes_again_long_after():
    memory = Memory()
    told(memory, event("a", "gateway", ai__content__hash=TEXT), event("b", "audit", ai__content__hash=TEXT))
    list(rest("h", memory, Tick("f", FORGET_LINKS + 1), PACK))

    assert memory.links == {}
    assert told(memory, event("b", "audit", ai__content__hash=TEXT)) == ["a"]
    del memory.acts[next(iter(memory.acts))]
    assert recall(event("b", "audit"), memory)[0] is not None


def test_a_link_to_an_act_that_is_forgotten_joins_nothing():
    memory = Memory()
    told(memory, event("a", "gateway", ai__content__hash=TEXT))
    memory.acts.clear()

    assert told(memory, event("b", "audit", ai__content__hash=TEXT)) == ["b"]


def test_links_are_bounded_in_number_and_time():
    memory = Memory()
    told(memory, *(event(f"e{n}", "gateway", span__id=f"{n:016x}") for n in range(MOST_LINKS + 9)))
    assert len(memory.links) == MOST_LINKS

    told(memory, event("x", "gateway", 3599.0, span__id=SPAN))
    assert len(memory.links) == 1

    list(rest("h", memory, Tick("f", 3600.0), PACK))
    assert wakes(memory) == 3599.0 + FORGET_LINKS
