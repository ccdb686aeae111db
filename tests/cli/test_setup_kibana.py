import json

import pytest
from click.testing import CliRunner

from pipeline.cli.setup_kibana import kibana_command
from tests.edges.kibanastub import kibana

COUNT = 11


@pytest.fixture
def stub():
    with kibana() as found:
        yield found


def called(*words):
    return CliRunner().invoke(kibana_command, words, standalone_mode=False)


def test_a_dry_run_says_what_would_be_done(stub):
    lines = called("--url", stub.url, "--dry-run").output.splitlines()
    assert len(lines) == COUNT
    assert lines[0] == "data view logs-shadowgraph.event-*: would be made"
    assert stub.objects == {}


def test_it_installs_in_a_space_under_a_prefix_and_says_so_for_scripts(stub):
    words = ("--url", stub.url, "--space", "soc", "--prefix", "emea", "--json")
    lines = [json.loads(line) for line in called(*words).output.splitlines()]
    assert {line["what"] for line in lines} == {"make"}
    assert stub.held("soc")["index-pattern", "emea-soc-alerts"]["title"] == "emea-alerts"
    assert called(*words[:-1]).output.count("as it should be") == COUNT


def test_a_space_is_named_by_its_id(stub):
    found = called("--url", stub.url, "--space", "The SOC")
    assert "--space is the id of a space" in str(found.exception)
    assert stub.requests == []
