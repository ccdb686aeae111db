"""A whole set of rules changes at a Swap, and not at all where the new one has a fault."""

import pytest

from pipeline.content import MANY, searched
from pipeline.errors import ContentError
from pipeline.event import Event, Verdict
from pipeline.flow import SUSPECT, fresh_states
from pipeline.pack import Pack, linked
from pipeline.record import Swap
from pipeline.turn import turn
from tests.rules.writing import read, rule


def documents(word, count=MANY + 1):
    return [
        rule(
            {"said": {"event.action": "prompt", "ai.app.id|contains": word}, "condition": "said"},
            logsource={"category": "ai_interaction"},
            title=f"{word} {number}",
            level="high",
        )
        for number in range(count)
    ]


def pack(digest, *given):
    return searched(linked(Pack(digest=digest, rules=read(*given, generic=False).rules)))


def judged(inputs, packs):
    states = fresh_states().suspect
    states.clock.digest = "old"
    verdicts = [one for one in turn(SUSPECT, inputs, states, packs) if isinstance(one, Verdict)]
    return [
        (one.event.fields.get("ai.pack.digest"), [reason.id for reason in one.reasons]) for one in verdicts
    ]


def prompt(number):
    fields = {
        "event.id": str(number),
        "event.action": "prompt",
        "ai.app.id": "alpha and beta",
        "user.id": "ada",
    }
    return Event(str(number), 1e9 + number, "user.id=ada", False, fields)


def test_all_rules_change_at_the_swap_and_none_before():
    packs = {"old": pack("old", *documents("alpha")), "new": pack("new", *documents("beta"))}
    before, after = judged([prompt(1), Swap("new"), prompt(2)], packs)

    assert before[0] == "old"
    assert after[0] == "new"
    assert not set(before[1]) & set(after[1])
    assert len(before[1]) == len(after[1]) == MANY + 1


@pytest.mark.parametrize(
    ("faulty", "fault"),
    [
        ({"said": {"event.action|sounds_like": "x"}, "condition": "said"}, "sounds_like"),
        ({"said": {"ai.content.text|re": "(unclosed"}, "condition": "said"}, "regular expression"),
        ({"said": {"event.action": "prompt"}, "condition": "said and other"}, "other"),
    ],
)
def test_a_set_with_a_fault_is_refused_as_a_whole_and_says_why(faulty, fault):
    with pytest.raises(ContentError) as refused:
        pack("new", *documents("beta"), rule(faulty, logsource={"category": "ai_interaction"}))

    (problem,) = refused.value.problems
    assert fault in f"{problem.fault} {problem.remedy}"
    assert problem.line > 1
    packs = {"old": pack("old", *documents("alpha"))}
    assert [digest for digest, _ in judged([prompt(1), prompt(2)], packs)] == ["old", "old"]
