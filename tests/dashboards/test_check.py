import copy
import json

import pytest
from msgspec.structs import replace

from pipeline.dashboards.check import check
from pipeline.dashboards.nouns import SOURCES, Naming
from pipeline.dashboards.objects import data_view, lines, saved_objects
from tests.dashboards.simulated import SCREENS


@pytest.fixture
def bundle():
    return copy.deepcopy(saved_objects(SCREENS))


def of_kind(bundle, kind, name=""):
    return next(one for one in bundle if one["type"] == kind and name in one["id"])


class Opened:
    """The panels of a dashboard, to be changed in place."""

    def __init__(self, bundle, name="triage"):
        self.body = of_kind(bundle, "dashboard", name)
        self.panels = json.loads(self.body["attributes"]["panelsJSON"])

    def first(self, kind, visual=""):
        return next(
            one
            for one in self.panels
            if one["type"] == kind
            and one["embeddableConfig"].get("attributes", {}).get("visualizationType", visual)
            == (visual or "lnsMetric")
        )

    def lens(self, visual="lnsMetric"):
        return self.first("lens", visual)["embeddableConfig"]["attributes"]

    def layer(self, visual="lnsMetric"):
        (layer,) = self.lens(visual)["state"]["datasourceStates"]["formBased"]["layers"].values()
        return layer

    def column(self, operation, visual):
        return next(c for c in self.layer(visual)["columns"].values() if c["operationType"] == operation)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.body["attributes"]["panelsJSON"] = json.dumps(self.panels)


def break_json(bundle):
    of_kind(bundle, "dashboard")["attributes"]["panelsJSON"] += "]"


def break_json_of_a_search(bundle):
    of_kind(bundle, "search")["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"] = "{"


def lose_a_version(bundle):
    del of_kind(bundle, "dashboard")["typeMigrationVersion"]


def become_too_new(bundle):
    of_kind(bundle, "dashboard")["typeMigrationVersion"] = "10.3.0"


def be_of_another_kind(bundle):
    bundle.append(of_kind(bundle, "search") | {"type": "map", "id": "m", "references": []})


def have_an_unknown_attribute(bundle):
    of_kind(bundle, "dashboard")["attributes"]["sections"] = []


def be_called_otherwise_in_the_grid(bundle):
    with Opened(bundle) as opened:
        opened.panels[1]["gridData"]["i"] = "other"


def have_one_name_twice(bundle):
    with Opened(bundle) as opened:
        opened.panels.append(opened.panels[0] | {"gridData": opened.panels[0]["gridData"] | {"y": 400}})


def leave_the_grid(bundle):
    with Opened(bundle) as opened:
        opened.panels[1]["gridData"]["w"] = 49


def lie_on_another(bundle):
    with Opened(bundle) as opened:
        opened.panels[2]["gridData"] |= {"x": 0, "y": 4}


def lose_a_hoisted_reference(bundle):
    body = of_kind(bundle, "dashboard", "triage")
    body["references"] = [one for one in body["references"] if "indexpattern-datasource" not in one["name"]]


def hoist_another_data_view(bundle):
    of_kind(bundle, "dashboard", "exfiltration")["references"][0]["id"] = "shadowgraph-standings"


def name_a_reference_twice(bundle):
    references = of_kind(bundle, "dashboard")["references"]
    references.append(references[0])


def lose_where_a_click_leads(bundle):
    body = of_kind(bundle, "dashboard", "triage")
    body["references"] = [one for one in body["references"] if "drilldown" not in one["name"]]


def lose_the_data_view(bundle):
    bundle.remove(of_kind(bundle, "index-pattern", "standings"))


def refer_to_what_nobody_needs(bundle):
    reference = {"type": "index-pattern", "id": "shadowgraph-events", "name": "old"}
    of_kind(bundle, "dashboard")["references"].append(reference)


def look_at_no_data_view(bundle):
    with Opened(bundle) as opened:
        opened.lens()["references"].clear()


def order_too_few_columns(bundle):
    with Opened(bundle) as opened:
        opened.layer("lnsXY")["columnOrder"].pop()


def draw_what_is_not_there(bundle):
    with Opened(bundle) as opened:
        opened.lens()["state"]["visualization"]["metricAccessor"] = "gone"


def draw_a_column_that_is_not_there(bundle):
    with Opened(bundle) as opened:
        opened.lens("lnsDatatable")["state"]["visualization"]["columns"].append({"columnId": "gone"})


def draw_a_layer_that_is_not_there(bundle):
    with Opened(bundle) as opened:
        opened.lens("lnsXY")["state"]["visualization"]["layers"][0]["layerId"] = "gone"


def order_by_what_is_not_there(bundle):
    with Opened(bundle) as opened:
        opened.column("terms", "lnsXY")["params"]["orderBy"]["columnId"] = "gone"


def be_of_no_field(bundle):
    with Opened(bundle) as opened:
        opened.column("terms", "lnsXY")["sourceField"] = ""


def lose_the_view_of_a_control(bundle):
    body = of_kind(bundle, "dashboard", "triage")
    body["references"] = [one for one in body["references"] if "controlGroup" not in one["name"]]


def look_at_others(bundle):
    of_kind(bundle, "index-pattern", "events")["attributes"]["title"] = "logs-*"


def be_of_an_old_kind(bundle):
    with Opened(bundle) as opened:
        opened.panels[0]["embeddableConfig"]["savedVis"]["type"] = "metrics"


def be_drawn_elsewhere(bundle):
    with Opened(bundle) as opened:
        del opened.first("lens", "lnsMetric")["embeddableConfig"]["attributes"]


def be_there_twice(bundle):
    bundle.append(of_kind(bundle, "index-pattern", "events"))


def share_a_title(bundle):
    bundle.append(of_kind(bundle, "index-pattern", "events") | {"id": "other"})


def group_by_an_unknown_field(bundle):
    with Opened(bundle) as opened:
        opened.column("terms", "lnsXY")["sourceField"] = "user.nmae"


def group_by_text(bundle):
    with Opened(bundle) as opened:
        opened.column("terms", "lnsXY")["sourceField"] = "message"


def sum_up_words(bundle):
    with Opened(bundle, "exfiltration") as opened:
        opened.column("sum", "lnsDatatable")["sourceField"] = "user.id"


def ask_for_an_unknown_field(bundle):
    with Opened(bundle) as opened:
        opened.lens()["state"]["query"]["query"] = 'user.id : "message : b" and (user.nmae : *)'


def list_an_unknown_field(bundle):
    of_kind(bundle, "search")["attributes"]["columns"].append("user.nmae")


def choose_by_text(bundle):
    body = of_kind(bundle, "dashboard")["attributes"]["controlGroupInput"]
    body["panelsJSON"] = body["panelsJSON"].replace('"fieldName":"user.id"', '"fieldName":"message"')


MUTANTS = {
    break_json: "R1",
    break_json_of_a_search: "R1",
    lose_a_version: "R2",
    become_too_new: "R2",
    be_of_another_kind: "R2",
    have_an_unknown_attribute: "R3",
    be_called_otherwise_in_the_grid: "R4",
    have_one_name_twice: "R4",
    leave_the_grid: "R5",
    lie_on_another: "R5",
    lose_a_hoisted_reference: "R6",
    hoist_another_data_view: "R6",
    name_a_reference_twice: "R6",
    lose_where_a_click_leads: "R6",
    lose_the_data_view: "R7",
    refer_to_what_nobody_needs: "R7",
    look_at_no_data_view: "R8",
    order_too_few_columns: "R9",
    draw_what_is_not_there: "R10",
    draw_a_column_that_is_not_there: "R10",
    draw_a_layer_that_is_not_there: "R10",
    order_by_what_is_not_there: "R10",
    be_of_no_field: "R11",
    lose_the_view_of_a_control: "R12",
    look_at_others: "R13",
    be_of_an_old_kind: "R14",
    be_drawn_elsewhere: "R15",
    be_there_twice: "R16",
    share_a_title: "R17",
    group_by_an_unknown_field: "F",
    group_by_text: "F",
    sum_up_words: "F",
    ask_for_an_unknown_field: "F",
    list_an_unknown_field: "F",
    choose_by_text: "F",
}


def test_our_own_objects_have_no_fault(bundle):
    assert check(bundle) == []


def test_those_of_another_prefix_and_space_have_none_either():
    assert check(saved_objects(SCREENS, Naming("emea", "soc")), "emea") == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_fault_is_found_by_its_rule(bundle, mutant):
    mutant(bundle)
    assert MUTANTS[mutant] in {fault.rule for fault in check(bundle)}


def test_every_rule_has_a_mutant():
    assert {f"R{number}" for number in range(1, 18)} | {"F"} == set(MUTANTS.values())


def test_a_fault_says_where_it_is(bundle):
    become_too_new(bundle)
    assert str(check(bundle)[0]) == (
        "R2 dashboard shadowgraph-exfiltration: is of a version that 8.19 may not know"
    )


def test_the_same_dashboards_give_the_same_bytes():
    assert lines(saved_objects(SCREENS)) == lines(saved_objects(SCREENS))


def test_ids_are_those_of_a_space_and_patterns_those_of_an_installation():
    view = data_view(SOURCES["alerts"], Naming("emea", "soc"))
    assert (view["id"], view["attributes"]["title"]) == ("emea-soc-alerts", "emea-alerts")


def test_a_changed_panel_changes_the_mark_of_its_dashboard_and_no_id(bundle):
    (one,) = (screen for screen in SCREENS if screen.id == "timeline")
    other = replace(one, panels=(*one.panels[:-1], replace(one.panels[-1], question="Why?")))
    after = saved_objects([other if screen is one else screen for screen in SCREENS])
    assert [body["id"] for body in after] == [body["id"] for body in bundle]
    changed = [now["id"] for now, before in zip(after, bundle, strict=True) if now != before]
    assert changed == ["shadowgraph-timeline"]
