import http.client
import json
import os
import re
from contextlib import closing
from urllib.parse import urlsplit

import orjson
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from pipeline.alert import Standing
from pipeline.cli.dashboards import dashboards
from pipeline.dashboards.nouns import Condition, Group, Metric, Panel, Place, Window
from pipeline.dashboards.rows import is_empty
from pipeline.dashboards.search import index_of
from pipeline.edges.elastic.documents import event_line, standing_line, state_line
from pipeline.edges.elastic.names import Names
from pipeline.edges.elastic.templates import pieces
from pipeline.edges.panels import of_elastic, of_sqlite
from pipeline.edges.sqlite import SqliteStore
from pipeline.settings import Elastic
from tests.dashboards.simulated import NAMES, PANELS, SCREENS, WHOLE, written

pytestmark = pytest.mark.xdist_group("services")

PREFIX = f"tpanels{os.getpid()}"
COUNT = (Metric("Events", "count"),)
NOW = "2026-03-05T06:00:00.000Z"
MORNING = Window("2026-03-04T08:00:00.000Z", "2026-03-04T12:30:00.500Z")


def panel(source="events", metrics=COUNT, groups=(), where=(), **more):
    place = Place(0, 0, 24, 12)
    return Panel("P", "Why?", "So.", source, "table", place, metrics, groups, where=where, **more)


def top(field, size=10):
    return Group("top", field, size=size)


ODD = {
    "a metric over lists orders the groups": panel(
        metrics=(Metric("Subjects", "unique", "ai.data.subject_fingerprints"), Metric("All", "count")),
        groups=(top("ai.user.department", 4), top("ai.data.classes", 3)),
    ),
    "a counted part orders the groups": panel(
        metrics=(Metric("Bad", "count", where=(Condition("ai.app.status", ("banned", "unsanctioned")),)),),
        groups=(top("user.roles", 5), top("ai.surface", 2)),
    ),
    "a summed part orders the groups": panel(
        metrics=(Metric("Units", "sum", "ai.data.units", (Condition("ai.policy.decision", ("allow",)),)),),
        groups=(top("ai.user.department", 5), Group("every", "@timestamp", every="1d")),
    ),
    "averages, least and greatest": panel(
        metrics=(
            Metric("Average", "average", "ai.content.length"),
            Metric("Least", "min", "ai.content.length"),
            Metric("First", "min", "@timestamp"),
        ),
        groups=(top("ai.app.name", 6),),
        where=(Condition("ai.content.length"),),
    ),
    "what must not be, and booleans": panel(
        groups=(top("ai.device.managed", 2),),
        where=(
            Condition("ai.surface", ("browser", "api"), wanted=False),
            Condition("ai.data.classes", wanted=False),
            Condition("ai.device.encrypted", (True,)),
            Condition("ai.content.length", least=10, below=200),
        ),
    ),
    "ranges within groups": panel(
        groups=(
            top("ai.surface", 3),
            Group("ranges", "ai.content.length", bounds=(0.0, 100.0, 1000.0), names=("short", "long")),
        ),
    ),
    "numbers as groups": panel(groups=(top("http.response.status_code", 5),)),
    "nothing at all": panel(
        metrics=(Metric("Most", "max", "ai.data.units"), Metric("All", "count")),
        where=(Condition("user.id", ("nobody",)),),
    ),
}


def asked(url, method, path, body, kind="application/json"):
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    with closing(link):
        link.request(method, path, body, {"Content-Type": kind})
        answer = link.getresponse()
        found = json.loads(answer.read())
    assert answer.status < 300, found
    assert not found.get("errors"), found
    return found


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    return written(tmp_path_factory.mktemp("day"))


@pytest.fixture(scope="module")
def asks(node, day):
    """The same documents in both stores, ready to be asked."""
    names, store = Names(PREFIX), SqliteStore(day, create=False)
    for piece in pieces(names):
        asked(node, "PUT", piece.path, json.dumps(piece.body))
    for number, lines in enumerate(documents(names, store)):
        rows = b"".join(part + b"\n" for line in lines for part in (line.action, line.document))
        assert rows, number
        for at in range(0, len(lines), 4000):
            part = b"".join(x + b"\n" for line in lines[at : at + 4000] for x in (line.action, line.document))
            asked(node, "POST", "/_bulk", part, "application/x-ndjson")
    asked(node, "POST", f"/logs-{PREFIX}.*,{PREFIX}-*/_refresh", "")
    with of_elastic(Elastic(url=node), PREFIX) as ask:
        yield of_sqlite(store), ask
    store.close()


def documents(names, store):
    def bare(event):
        return orjson.dumps({name: value for name, value in event.items() if name != "event.ingested"})

    yield [event_line(names, event["event.id"], bare(event), NOW) for event in store.every_event()]
    yield [state_line(names, alert, None, NOW) for alert in store.alerts()]
    yield [standing_line(names, Standing(subject, 1.0, told)) for subject, told in store.standings()]


def same(one, other):
    if isinstance(one, float) or isinstance(other, float):
        return one == pytest.approx(other, rel=1e-5)
    return one == other


def agree(panel, window, asks):
    ours, theirs = (ask(panel, window) for ask in asks)
    assert len(ours) == len(theirs)
    for row, other in zip(ours, theirs, strict=True):
        assert all(map(same, row, other)), (row, other)
    return ours


@pytest.mark.parametrize("panel", [panel for _, panel in PANELS], ids=NAMES)
def test_a_panel_shows_the_same_of_both_stores_and_something(panel, asks):
    assert not (panel.chart != "list" and is_empty(panel, agree(panel, WHOLE, asks)))
    assert agree(panel, WHOLE, asks)
    agree(replace(panel, where=(*panel.where, Condition("user.id", ("ulrike.ullmark",)))), MORNING, asks)


@pytest.mark.parametrize("name", ODD)
def test_what_no_panel_does_yet_agrees_too(name, asks):
    assert agree(ODD[name], WHOLE, asks)
    agree(ODD[name], MORNING, asks)


@pytest.mark.parametrize("name", [screen.id for screen in SCREENS])
@pytest.mark.usefixtures("asks")
def test_a_dashboard_is_shown_of_a_node_as_of_a_file(name, node, day, tmp_path):
    (tmp_path / "s.toml").write_text(f'[elastic]\nprefix = "{PREFIX}"\n', "utf-8")
    env = {"SHADOWGRAPH_SETTINGS": str(tmp_path / "s.toml")}
    of_file, of_node = (
        [json.loads(line) for line in CliRunner().invoke(dashboards, words, env=env).stdout.splitlines()]
        for words in (["show", name, "--json", "--store", store] for store in (f"sqlite:///{day}", node))
    )
    assert [line["panel"] for line in of_node] == [line["panel"] for line in of_file]
    for one, other in zip(of_file, of_node, strict=True):
        assert len(one["rows"]) == len(other["rows"]) > 0
        assert all(all(map(same, *pair)) for pair in zip(one["rows"], other["rows"], strict=True))


def test_a_wrong_sql_would_be_seen(asks):
    sqlite, elastic = asks
    one, other = panel(groups=(top("user.id", 5),)), panel(groups=(top("user.id", 4),))
    with pytest.raises(AssertionError):
        agree(one, WHOLE, (sqlite, lambda _, window: elastic(other, window)))


def test_what_panels_look_at_is_what_we_write():
    names = Names()
    looked_at = {index_of(panel) for _, panel in PANELS}
    written_to = {names.events, names.state, names.standings}
    assert {
        one for one in written_to if not any(re.fullmatch(p.replace("*", ".*"), one) for p in looked_at)
    } == set()
