"""The sink and the set-up against real nodes, 8.19 and 9.2."""

import pytest

from pipeline.edges.elastic.settle import Refused
from pipeline.edges.elastic.setup import setup
from pipeline.edges.elastic.templates import flat, mappings
from tests.services.elastic_cases import Site, clockless, standing, verdict, version

pytestmark = pytest.mark.xdist_group("services")


@pytest.fixture(params=["node", "node9"], scope="module")
def url(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def site(url):
    found = Site(url)
    yield found
    found.close()


def test_a_node_takes_every_template_and_the_second_set_up_finds_all_as_it_should_be(url):
    fresh = Site(url, prepared=False)
    dry = [step.what for step in setup(fresh.given, prefix=fresh.names.prefix, dry=True)]
    first = [step.what for step in setup(fresh.given, prefix=fresh.names.prefix)]
    second = [step.what for step in setup(fresh.given, prefix=fresh.names.prefix)]
    fresh.close()

    assert dry == first
    assert set(first) <= {"make", "skip"}
    assert set(second) <= {"same", "skip"}


def test_what_somebody_changed_is_mended(site):
    name = f"{site.names.prefix}-fields"
    site.client.cluster.put_component_template(
        name=name, template={"mappings": {}}, meta={"managed_by": "shadowgraph", "version": 1, "digest": "x"}
    )
    steps = {step.name: step.what for step in setup(site.given, prefix=site.names.prefix)}

    assert steps[f"component template {name}"] == "renew"


def test_an_index_has_every_field_in_its_type(site):
    site.index([verdict("e")])
    (found,) = site.client.indices.get_mapping(index=site.names.events).values()

    assert dict(flat(found["mappings"]["properties"])) == dict(flat(mappings()["properties"]))
    assert found["mappings"]["dynamic"] == "false"


def test_outputs_lie_where_they_belong_under_their_own_ids(site):
    batch = [verdict("e1"), verdict("e2"), version("a"), standing("user.id=ada", 5.0)]
    (done,) = site.index(batch, ready=True)

    assert dict(done) == {"written": 5}
    assert set(site.hits(site.names.events)) == {"e1", "e2"}
    assert set(site.hits(site.names.alerts)) == {"a.high"}
    assert set(site.hits(site.names.state)) == {"a"}
    assert site.hits(site.names.standings) == {"user.id=ada": batch[3].fields}
    assert clockless(site.hits(site.names.state)["a"]) == batch[2].fields


def test_a_batch_that_comes_again_changes_nothing(site):
    batch = [verdict("e"), version("a"), standing("user.id=ada", 5.0)]
    site.index(batch)
    before = site.hits(f"{site.names.events},{site.names.alerts},{site.names.state}")
    (done,) = site.index([*batch, verdict("e", event__action="changed")])

    assert done["written"] == 1, "a standing of the same time is written again"
    assert site.hits(f"{site.names.events},{site.names.alerts},{site.names.state}") == before


def test_a_document_comes_back_as_it_was_sent(site):
    odd = verdict("e", unknown__field=1.50, gen_ai__tool__name=["b", "a"])
    site.index([odd])

    assert clockless(site.hits(site.names.events)["e"]) == odd.event.fields


def test_after_a_rollover_the_first_batch_is_looked_up(site):
    site.index([verdict("e1"), version("a")])
    for stream in (site.names.events, site.names.alerts):
        site.client.indices.refresh(index=stream)
        site.client.indices.rollover(alias=stream)
    (done,) = site.index([verdict("e1"), verdict("e2"), version("a")], first=True)

    assert done["known"] == 3
    assert (site.count(site.names.events), site.count(site.names.alerts)) == (2, 1)


def test_an_alert_has_one_document_for_each_level_and_one_as_it_is_now(site):
    rising = [("medium", 40.0), ("medium", 45.0), ("high", 70.0), ("critical", 90.0)]
    site.index(*([version("a", risk=risk, level=level)] for level, risk in rising))

    assert {key: doc["ai.risk.score"] for key, doc in site.hits(site.names.alerts).items()} == {
        "a.medium": 40.0,
        "a.high": 70.0,
        "a.critical": 90.0,
    }
    assert site.hits(site.names.state)["a"]["ai.risk.level"] == "critical"


def test_an_older_standing_never_covers_a_newer_one(site):
    site.index([standing("user.id=ada", 9.0, time=5.0)], [standing("user.id=ada", 1.0, time=4.0)])

    assert site.hits(site.names.standings)["user.id=ada"]["ai.entity.risk"] == 9.0


def test_what_cannot_be_mapped_is_a_dead_letter_and_the_rest_is_indexed(site):
    bad = verdict("bad", log__offset="sk-live-secret")
    (done,) = site.index([verdict("e1"), bad, verdict("e2")])

    assert dict(done) == {"written": 2, "rejected": 1}
    assert [letter.id for letter in site.letters] == ["bad"]
    assert "log.offset" in site.letters[0].reason
    assert "sk-live-secret" not in site.letters[0].reason


def test_a_document_that_is_far_too_big_is_a_dead_letter(site):
    big = verdict("big", ai__content__text="x" * 40_000_000)
    (done,) = site.index([verdict("e2"), big, verdict("e3")])

    assert dict(done) == {"written": 2, "rejected": 1}
    assert [letter.id for letter in site.letters] == ["big"]


def test_a_disk_that_is_full_is_waited_for(site):
    site.index([verdict("e1")])
    block(site, "read_only_allow_delete", on=True)
    (done,) = site.index([verdict("e2")], slept=lambda: block(site, "read_only_allow_delete", on=False))

    assert dict(done) == {"written": 1}
    assert site.count(site.names.events) == 2
    assert len(site.said) == 2


def test_a_stream_that_may_not_be_written_stops_with_clear_words(site):
    site.index([verdict("e1")])
    block(site, "write", on=True)
    with pytest.raises(Refused, match="blocked"):
        site.index([verdict("e2")])


def block(site, kind, *, on):
    site.client.indices.put_settings(index=site.names.events, settings={f"index.blocks.{kind}": on or None})


def test_without_the_set_up_nothing_is_made_by_guessing(url):
    bare = Site(url, prepared=False)
    with pytest.raises(Refused, match="setup elastic"):
        bare.index([verdict("e")], ready=True)
    with pytest.raises(Refused, match="setup elastic"):
        bare.index([verdict("e")])
    assert bare.client.indices.exists(index=bare.names.events).body is False
    bare.close()


def test_many_writers_of_one_alert_lose_nothing(site):
    site.index([version("a", risk=40.0, level="medium")])
    import asyncio

    from pipeline.edges.elastic.sink import Sink

    async def race():
        sinks = [
            Sink(site.given, letter=site.letters.append, say=site.said.append, names=site.names)
            for _ in range(4)
        ]
        versions = [
            [version("a", risk=40.0 + number, level="medium", ai__alert__count=number * 4 + turn)]
            for number in range(4)
            for turn in range(4)
        ]
        await asyncio.gather(*(sinks[number % 4].index(batch) for number, batch in enumerate(versions)))
        for sink in sinks:
            await sink.close()

    asyncio.run(race())
    found = site.hits(site.names.state)["a"]
    assert (found["ai.alert.count"], found["ai.risk.score"]) == (15, 43.0)
