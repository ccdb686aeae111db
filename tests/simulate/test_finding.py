"""The stories alone, through the whole pipeline: attacks with a rule are found, and what only looks like one is not loud."""

from collections import defaultdict
from functools import cache

import pytest

from enrichers.reference import load_reference
from pipeline.alert import Alert
from pipeline.content import load_pack
from pipeline.edges.embedded import Content, run
from pipeline.edges.sqlite import SqliteStore
from pipeline.settings import DEMO_KEY
from pipeline.simulate.companyfiles import write_company
from pipeline.simulate.story import ATTACKS, LOOKALIKES, stories
from pipeline.simulate.writing import write
from tests.simulate.simulated import COMPANY, day

LOUD = ("high", "critical")


@pytest.fixture(scope="module")
def alerts(tmp_path_factory):
    """(rule, level) by the story whose lines an alert names."""
    place = tmp_path_factory.mktemp("found")
    told = [one for one in day() if one[2]]
    *_, _ = write(told, place / "logs")
    write_company(COMPANY, place / "company")
    truth = _truth(told)

    content = Content(load_pack(key=DEMO_KEY, data=place / "company"), load_reference(place / "company"))
    store = SqliteStore(place / "found.db")
    files = [str(path) for path in sorted((place / "logs").iterdir())]
    found = defaultdict(set)
    for batch in run(files, "auto", content, store=store):
        for output in batch.outputs:
            if isinstance(output, Alert):
                for event in store.events(output.fields["ai.alert.events"]):
                    story = truth[event["log.file.path"].rpartition("/")[2], event["log.offset"]]
                    found[story].add((output.fields["rule.id"], output.fields["ai.risk.level"]))
    store.close()
    return found


def _truth(told):
    places, truth = defaultdict(int), {}
    for _, line, mark in told:
        places[line.file] += 1
        truth[line.file, places[line.file]] = mark.story.name
    return truth


@cache
def shipped():
    return {rule.about.catalogue for rule in load_pack(key=DEMO_KEY).rules}


@pytest.mark.parametrize("story", stories(ATTACKS), ids=lambda story: story.name)
def test_an_attack_is_found_by_the_rules_that_are_there_for_it(alerts, story):
    assert set(story.expects) & shipped() <= {rule for rule, _ in alerts[story.name]}


@pytest.mark.parametrize("story", stories(LOOKALIKES), ids=lambda story: story.name)
def test_a_look_alike_is_not_loud_and_most_are_silent(alerts, story):
    wrong = {(rule, level) for rule, level in alerts[story.name] if story.must == "silent" or level in LOUD}
    assert wrong == set()
