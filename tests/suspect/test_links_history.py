import msgspec
import pytest

from pipeline.record import Tick
from pipeline.suspect import Memory, rest
from tests.suspect.sightings import OTHER, PACK, TEXT, counted, said, told


def test_a_history_that_is_sent_again_is_known_and_what_is_new_in_it_is_not():
    memory = Memory()

    assert told(memory, said("a", TEXT, "1")) == ["a"]
    assert told(memory, said("b", TEXT, "2"), said("c", OTHER, "2")) == ["a", "c"]
    assert told(memory, said("d", TEXT, "3"), said("e", OTHER, "3"), said("f", OTHER, "3")) == ["a", "c", "f"]
    assert counted(memory) == 3


def test_saying_the_same_again_later_in_a_conversation_is_an_act_of_its_own():
    memory = Memory()

    assert told(
        memory, said("a", TEXT, "1"), said("b", OTHER, "2"), said("c", OTHER, "3"), said("d", TEXT, "3")
    ) == [
        "a",
        "b",
        "c",
        "d",
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"ai__policy__decision": "block"},
        {"event__outcome": "failure"},
        {"ai__content__role": "system"},
        {"event__action": "file_upload"},
        {"gen_ai__conversation__id": None},
        {"event__module": "claude_code"},
    ],
)
def test_what_is_no_history_is_an_act_each_time(other):
    first, second = said("a", TEXT, "1", **other), said("b", TEXT, "2", **other)

    assert told(Memory(), first, second) == ["a", "b"]


def test_openings_are_bounded_in_number_length_and_time(monkeypatch):
    monkeypatch.setattr("pipeline.suspect.links.MOST_OPENINGS", 3)
    monkeypatch.setattr("pipeline.suspect.links.LONGEST_OPENING", 4)
    memory = Memory()
    told(memory, *(said(f"e{n}", TEXT, "1", gen_ai__conversation__id=f"c{n}") for n in range(9)))
    told(memory, *(said(f"x{n}", TEXT, "1", gen_ai__conversation__id="c8") for n in range(9)))

    assert [len(opening.ids) for opening in memory.openings.values()] == [1, 1, 4]
    late = msgspec.structs.replace(said("z", TEXT, "2", gen_ai__conversation__id="c8"), time=9000.0)
    told(memory, late)

    list(rest("h", memory, Tick("f", 90000.0), PACK))
    assert len(memory.openings) == 1
    list(rest("h", memory, Tick("f", 99000.0), PACK))
    assert memory.openings == {}
