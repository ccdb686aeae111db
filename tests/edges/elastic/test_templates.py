"""What we ask of a node, checked without one."""

import orjson
import pytest

from pipeline.edges.elastic.access import after, before, roles
from pipeline.edges.elastic.names import Names
from pipeline.edges.elastic.promotion import exception_list, lines, objects, rule
from pipeline.edges.elastic.templates import MAPPED, flat, mappings, marked, pieces
from pipeline.fields import FIELDS
from pipeline.risk import SEVERITY

NAMES = Names("t")
PIECES = {piece.path: piece for piece in pieces(NAMES, policy="t-alerts")}
INDEX = {path: piece.body for path, piece in PIECES.items() if path.startswith("/_index_template/")}
EVERYWHERE = {"keyword", "text", "object", "date", "ip", "boolean", "long", "float"}
"""Field types that a node without any module has."""


def test_every_field_is_mapped_by_its_kind_and_no_other():
    mapped = dict(flat(mappings()["properties"]))

    assert {name: body["type"] for name, body in mapped.items()} == {n: f.kind for n, f in FIELDS.items()}
    assert mappings()["dynamic"] is False


def test_no_field_lies_below_another_field():
    assert [name for name in FIELDS for other in FIELDS if name.startswith(f"{other}.")] == []


def test_only_types_that_every_node_has_are_used():
    assert {body["type"] for body in MAPPED.values()} <= EVERYWHERE
    assert MAPPED["text"]["norms"] is False
    assert "index_options" not in MAPPED["text"]


@pytest.mark.parametrize("path", INDEX)
def test_a_template_is_above_the_built_in_ones_and_of_parts_that_are_sent_before(path):
    body, sent = INDEX[path], list(PIECES)
    optional = body["ignore_missing_component_templates"]

    assert body["priority"] > 250
    for part in body["composed_of"]:
        assert part in optional or sent.index(f"/_component_template/{part}") < sent.index(path)


def test_no_two_templates_want_the_same_index():
    patterns = [pattern.rstrip("*") for body in INDEX.values() for pattern in body["index_patterns"]]
    assert [(a, b) for a in patterns for b in patterns if a != b and a.startswith(b)] == []


def test_documents_come_back_as_they_were_sent():
    for kind in ("events", "alerts"):
        index = PIECES[f"/_component_template/t-{kind}"].body["template"]["settings"]["index"]
        assert index["mapping"]["source"]["mode"] == "stored"
        assert index["mode"] == "standard"


def test_streams_are_streams_without_a_failure_store_and_end_some_day():
    for kind, kept in (("event", "90d"), ("alert", "400d")):
        body = INDEX[f"/_index_template/logs-t.{kind}"]
        assert body["index_patterns"] == [f"logs-t.{kind}-*"]
        assert body["data_stream"] == {}
        assert body["template"]["data_stream_options"]["failure_store"]["enabled"] is False
        assert body["template"]["lifecycle"]["data_retention"] == kept


def test_months_of_alerts_are_read_by_one_name_and_have_a_lifecycle_where_there_is_one():
    body = INDEX["/_index_template/t-alert-state"]
    assert NAMES.month({"ai.alert.first_seen": "2026-03-04T09:00:00.000000Z"}) == "t-alerts-2026.03"
    assert body["index_patterns"] == ["t-alerts-*"]
    assert body["template"]["aliases"] == {"t-alerts": {}}
    assert body["template"]["settings"]["index"]["lifecycle"]["name"] == "t-alerts"

    plain = {piece.path: piece.body for piece in pieces(NAMES)}["/_index_template/t-alert-state"]
    assert "settings" not in plain["template"]
    (policy,) = before(NAMES)
    assert policy.path == "/_ilm/policy/t-alerts"


def test_a_mark_follows_the_body():
    assert marked({"a": 1, "b": 2})["_meta"] == marked({"b": 2, "a": 1})["_meta"]
    assert marked({"a": 1})["_meta"] != marked({"a": 2})["_meta"]


def rights(role):
    body = roles(NAMES)[f"t_{role}"]
    return {
        (name, right) for each in body["indices"] for name in each["names"] for right in each["privileges"]
    }


def test_a_writer_can_create_and_look_up_but_neither_change_nor_delete_an_event():
    events = {right for name, right in rights("writer") if name == NAMES.events}
    assert events == {"create_doc", "read"}
    assert roles(NAMES)["t_writer"]["cluster"] == []
    assert {right for _, right in rights("writer")}.isdisjoint({"all", "manage", "delete", "write"})


def test_an_analyst_writes_to_alerts_as_they_are_now_alone_and_a_reader_nowhere():
    assert {name for name, right in rights("analyst") if right == "index"} == {"t-alerts*"}
    assert {right for _, right in rights("reader")} == {"read", "view_index_metadata"}


def test_what_a_writer_needs_exists_before_it_writes():
    made = {piece.path for piece in after(NAMES)}
    assert {f"/_data_stream/{NAMES.events}", f"/_data_stream/{NAMES.alerts}", "/t-standings"} <= made


def test_the_rule_promotes_our_alerts_with_their_own_name_risk_and_severity():
    body = rule(NAMES)

    assert body["index"] == ["logs-t.alert-*"]
    assert body["rule_name_override"] == "rule.name"
    assert body["timestamp_override"] == "event.ingested"
    assert {m["severity"]: int(m["value"]) for m in body["severity_mapping"]} == SEVERITY
    assert body["enabled"] is False


def test_the_rule_looks_back_further_than_it_runs_often():
    assert (rule(NAMES)["from"], rule(NAMES)["interval"]) == ("now-3m", "1m")


def test_fields_of_the_rule_exist():
    body = rule(NAMES)
    named = [
        *body["investigation_fields"]["field_names"],
        body["rule_name_override"],
        body["timestamp_override"],
    ]
    assert [name for name in named if name not in FIELDS] == []


def test_the_investigation_guide_holds_a_button_that_can_be_read():
    line = next(line for line in rule(NAMES)["note"].splitlines() if line.startswith("!{"))
    button = orjson.loads(line.removeprefix("!{investigate").removesuffix("}"))
    assert button["providers"][0][0]["field"] in FIELDS


def test_the_rule_names_its_list_of_exceptions_and_both_have_ids_that_stay():
    assert rule(NAMES)["exceptions_list"][0]["list_id"] == exception_list(NAMES)["list_id"]
    assert rule(NAMES)["rule_id"] == rule(Names("t"))["rule_id"] != rule(Names("u"))["rule_id"]
    assert [orjson.loads(line) for line in lines(NAMES)] == [
        *objects(NAMES)["rules"],
        *objects(NAMES)["exceptions"],
    ]
