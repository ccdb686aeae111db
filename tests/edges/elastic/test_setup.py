"""Setting a node up, against one that only remembers."""

import json

import pytest
from click.testing import CliRunner
from elasticsearch import ApiError

from pipeline.cli.setup_elastic import elastic_command
from pipeline.edges.elastic import setup as module
from pipeline.edges.elastic.settle import Refused
from pipeline.edges.elastic.setup import everything, setup
from pipeline.settings import Elastic
from tests.edges.elastic.stub import no

NODE = Elastic(url="http://192.0.2.1:9200")


class Remembering:
    """A node that has these parts, and keeps what is put, wrapped as a node would show it."""

    def __init__(self, lacks=()):
        self.kept, self.lacks, self.puts, self.closed = {}, lacks, [], False

    def perform_request(self, method, path, *, body=None, headers=None):
        assert headers["content-type"] == "application/json"
        if any(path.startswith(lacking) for lacking in self.lacks):
            raise no(405)
        if method == "PUT":
            self.puts.append(path)
            self.kept[path] = {path.rpartition("/")[2]: [{"wrapped": body or {}}]}
            return {"acknowledged": True}
        if path in self.kept or path in module.PARTS.values():
            return self.kept.get(path, {})
        raise no(404)

    def close(self):
        self.closed = True


@pytest.fixture
def node(monkeypatch):
    found = Remembering()
    monkeypatch.setattr(module, "asked", lambda _: found)
    return found


def ran(**options):
    return {step.name: step for step in setup(NODE, prefix="t", **options)}


def test_a_fresh_node_gets_everything_and_the_second_time_nothing(node):
    first = ran()
    puts = len(node.puts)
    second = ran()

    assert {step.what for step in first.values()} == {"make"}
    assert {step.what for step in second.values()} == {"same"}
    assert (puts, len(node.puts)) == (len(first), len(first))
    assert node.closed


def test_a_dry_run_says_the_same_and_changes_nothing(node):
    assert {step.what for step in ran(dry=True).values()} == {"make"}
    assert node.puts == []


def test_parts_that_a_node_lacks_are_skipped_and_said(node):
    node.lacks = ("/_ilm", "/_security")
    found = ran()

    skipped = {name for name, step in found.items() if step.what == "skip"}
    assert {name.split(" ")[0] for name in skipped} == {"lifecycle", "role"}
    assert all(found[name].why for name in skipped)
    template = node.kept["/_index_template/t-alert-state"]
    assert "lifecycle" not in json.dumps(template)


def test_who_may_not_manage_roles_does_all_the_rest(node, monkeypatch):
    asked = node.perform_request

    def guarded(method, path, **given):
        if path.startswith("/_security"):
            raise no(403, "security_exception")
        return asked(method, path, **given)

    monkeypatch.setattr(node, "perform_request", guarded)
    assert {name.split(" ")[0] for name, step in ran().items() if step.what == "skip"} == {"role"}


def test_what_is_ours_and_changed_is_renewed(node):
    ran()
    mark = node.kept["/_component_template/t-fields"]["t-fields"][0]["wrapped"]["_meta"]
    mark["digest"] = "other"

    assert ran()["component template t-fields"].what == "renew"
    assert ran()["component template t-fields"].what == "same"


def test_what_is_newer_or_of_others_is_left_alone(node):
    ran()
    kept = node.kept["/_component_template/t-fields"]["t-fields"][0]["wrapped"]
    kept["_meta"] |= {"digest": "other", "version": 99}
    node.kept["/_index_template/t-standings"] = {"index_template": {"version": 3}}
    puts = list(node.puts)
    found = ran()

    assert found["component template t-fields"].what == "keep"
    assert "newer" in found["component template t-fields"].why
    assert "not made by" in found["index template t-standings"].why
    assert node.puts == puts


def test_a_refusal_is_told(node, monkeypatch):
    def refused(*_, **__):
        raise no(403, "security_exception")

    monkeypatch.setattr(node, "perform_request", refused)
    with pytest.raises(Refused, match="privilege"):
        ran()
    assert issubclass(ApiError, Exception)


def test_everything_can_be_printed_without_a_node():
    found = CliRunner().invoke(elastic_command, ["--print", "--prefix", "t"])
    assert found.exit_code == 0
    assert json.loads(found.stdout) == everything("t")
    assert {each["method"] for each in everything("t")["requests"]} == {"PUT"}


def test_the_rule_is_printed_as_lines_of_json():
    found = CliRunner().invoke(elastic_command, ["--rules", "--prefix", "t"])
    assert ["rule_id" in json.loads(line) for line in found.stdout.splitlines()] == [True, False]


def test_without_a_node_the_remedy_is_named(monkeypatch):
    monkeypatch.delenv("SHADOWGRAPH_ELASTIC_URL", raising=False)
    found = CliRunner().invoke(elastic_command, [])
    assert found.exit_code == 2
    assert "SHADOWGRAPH_ELASTIC_URL" in found.stderr


def test_people_see_each_step_and_what_was_left_alone_gives_exit_code_1(node):
    words = ["--url", "http://192.0.2.1:9200", "--prefix", "t"]
    first = CliRunner().invoke(elastic_command, words, standalone_mode=False)
    node.kept["/_index_template/t-standings"] = {"index_template": {}}
    second = CliRunner().invoke(elastic_command, [*words, "--json"], standalone_mode=False)

    assert first.return_value == 0
    assert "component template t-fields: made\n" in first.stdout
    assert second.return_value == 1
