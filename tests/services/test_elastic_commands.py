"""What people type, against a node: run, list, show, ack, close, export, investigate, inventory."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.edges.sqlite import SqliteStore
from tests.services.elastic_cases import Site, clockless

pytestmark = pytest.mark.xdist_group("services")

LOGS = Path(__file__).parents[2] / "pipeline" / "simulate" / "day"
FILES = [str(LOGS / name) for name in ("gateway.litellm.jsonl", "hooks.claude_code.jsonl")]


@pytest.fixture(params=["node", "node9"], scope="module")
def site(request):
    found = Site(request.getfixturevalue(request.param))
    yield found
    found.close()


@pytest.fixture(scope="module")
def called(site, tmp_path_factory):
    settings = tmp_path_factory.mktemp("settings") / "settings.toml"
    settings.write_text(f'store = "{site.given.url}"\n[elastic]\nprefix = "{site.names.prefix}"\n', "utf-8")

    def call(*words, code=0):
        found = CliRunner().invoke(main, words, env={"SHADOWGRAPH_SETTINGS": str(settings)})
        assert found.exit_code == code, found.stderr
        return found.stdout

    return call


@pytest.fixture(scope="module")
def ran(called, site, tmp_path_factory):
    """Run the same logs into the node, twice, and into a file; give the file's store."""
    path = tmp_path_factory.mktemp("store") / "s.db"
    for store in (site.given.url, site.given.url, f"sqlite:///{path}"):
        called("run", *FILES, "--store", store, code=1)
    site.client.indices.refresh(index=f"{site.names.prefix}-*,logs-{site.names.prefix}.*")
    store = SqliteStore(path, create=False)
    yield store
    store.close()


def test_a_node_holds_what_a_file_holds_even_after_the_run_came_twice(ran, site):
    on_node = site.store()
    alerts = [[clockless(alert) for alert in store.alerts()] for store in (ran, on_node)]
    events = [
        {event["event.id"]: clockless(event) for event in store.every_event()} for store in (ran, on_node)
    ]
    standings = [store.standings() for store in (ran, on_node)]
    on_node.close()

    assert alerts[0] == alerts[1] != []
    assert events[0] == events[1] != {}
    assert standings[0] == standings[1]
    levels = {f"{alert['event.id']}.{alert['ai.risk.level']}" for alert in alerts[0]}
    assert levels <= set(site.hits(site.names.alerts))


@pytest.mark.usefixtures("ran")
def test_an_alert_is_worked_from_open_to_closed(called):
    lines = [json.loads(line) for line in called("alerts", "list", "--json").splitlines()]
    name = lines[0]["event.id"]
    assert f"{name} (" in called("alerts", "ack", name, "--analyst", "jonas.weber")
    assert [name] == [
        json.loads(line)["event.id"]
        for line in called("alerts", "list", "--status", "acknowledged", "--json").splitlines()
    ]
    called(
        "alerts", "close", name, "--disposition", "test", "--note", "tried out", "--analyst", "jonas.weber"
    )

    shown = json.loads(called("alerts", "show", name, "--json"))
    assert (shown["ai.alert.status"], shown["ai.alert.note"]) == ("closed", "tried out")
    assert shown["ai.alert.touch_s"] > 0
    assert shown["ai.alert.closed_level"] == lines[0]["ai.risk.level"]
    exported = called("alerts", "export", "--form", "ndjson").splitlines()
    assert len(exported) == len(lines)


def test_all_that_asks_a_file_can_ask_a_node(ran, called):
    alert = next(ran.alerts())
    assert called("explain", alert["event.id"], "--json")
    assert called("explain", alert["ai.alert.events"][0], "--json")
    assert called("investigate", alert["user.id"])
    assert called("inventory")
    assert called("alerts", "list", "--search", alert["rule.id"], "--json")


def test_a_node_that_is_not_there_is_named():
    found = CliRunner().invoke(main, ["alerts", "list", "--store", "http://127.0.0.1:9"])
    assert found.exit_code == 2
    assert "http://127.0.0.1:9 cannot be reached" in found.stderr
