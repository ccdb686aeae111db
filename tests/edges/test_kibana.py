import json

import pytest

from pipeline.dashboards.nouns import Naming
from pipeline.dashboards.objects import saved_objects
from pipeline.edges.elastic.settle import Refused
from pipeline.edges.kibana import install
from pipeline.edges.kibanalink import Link
from pipeline.errors import ContentError, Outage
from pipeline.settings import Elastic
from tests.dashboards.simulated import SCREENS
from tests.edges.kibanastub import kibana

OBJECTS = saved_objects(SCREENS)
NOBODY = Elastic()


@pytest.fixture
def stub():
    with kibana() as found:
        yield found


def installed(stub, objects=OBJECTS, *, space="", **more):
    return [step.what for step in install(Link(stub.url, NOBODY, space=space), objects, **more)]


def test_all_objects_are_made_with_their_own_ids(stub):
    assert set(installed(stub)) == {"make"}
    assert set(stub.held()) == {(one["type"], one["id"]) for one in OBJECTS}


def test_twice_is_as_good_as_once_and_writes_nothing_more(stub):
    installed(stub)
    before, writes = dict(stub.objects), len(stub.writes())
    assert set(installed(stub)) == {"same"}
    assert (stub.objects, len(stub.writes())) == (before, writes)


def test_a_dry_run_says_the_same_and_writes_nothing(stub):
    assert installed(stub, dry=True) == ["make"] * len(OBJECTS)
    assert (stub.objects, stub.writes()) == ({}, [])


def test_only_what_is_new_is_written_again(stub):
    installed(stub)
    older = json.loads(json.dumps(OBJECTS))
    older[-1]["attributes"]["description"] = "an older one [000000000000]"
    older[0]["attributes"]["title"] = "logs-shadowgraph.old-*"
    assert installed(stub, older) == ["renew", *["same"] * (len(OBJECTS) - 2), "renew"]
    assert installed(stub, OBJECTS) == ["renew", *["same"] * (len(OBJECTS) - 2), "renew"]
    assert stub.held()["dashboard", "shadowgraph-triage"]["attributes"] == OBJECTS[-1]["attributes"]


def test_what_people_changed_stays_until_it_is_wished_away(stub):
    installed(stub)
    key = ("default", "dashboard", "shadowgraph-triage")
    stub.objects[key] = json.loads(json.dumps(stub.objects[key]))
    stub.objects[key]["attributes"]["timeFrom"] = "now-30d"
    assert installed(stub)[-1] == "same"
    assert stub.objects[key]["attributes"]["timeFrom"] == "now-30d"
    assert installed(stub, overwrite=True)[-1] == "renew"
    assert stub.objects[key]["attributes"]["timeFrom"] == "now-7d"


def test_fields_that_people_set_in_a_data_view_stay(stub):
    installed(stub)
    key = ("default", "index-pattern", "shadowgraph-events")
    stub.objects[key] |= {"fieldFormats": {"file.size": {"id": "bytes"}}, "title": "old"}
    assert installed(stub)[0] == "renew"
    assert stub.objects[key]["fieldFormats"] == {"file.size": {"id": "bytes"}}


def test_two_spaces_have_objects_of_their_own(stub):
    installed(stub)
    assert set(installed(stub, saved_objects(SCREENS, Naming(space="soc")), space="soc")) == {"make"}
    assert ("dashboard", "shadowgraph-soc-triage") in stub.held("soc")
    assert all("/s/soc/" in way for _, way in stub.requests if "soc" in way and "spaces" not in way)


def test_the_ids_of_another_space_are_left_alone(stub):
    installed(stub)
    with pytest.raises(Refused, match="something of this id is in another space"):
        installed(stub, space="soc")
    assert stub.held("soc") == {}


def test_an_answer_of_200_that_tells_of_failures_is_a_failure(stub):
    stub.refused = (OBJECTS[-1]["attributes"]["title"],)
    with pytest.raises(Refused, match="dashboard shadowgraph-triage: this Kibana does not take it"):
        installed(stub)


def test_what_an_object_needs_must_be_there(stub):
    with pytest.raises(Refused, match="what it refers to is not there"):
        installed(stub, [one for one in OBJECTS if one["id"] != "shadowgraph-events"])


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((401, {}), Refused, "does not know who we are"),
        ((403, {}), Refused, "forbids it"),
        ((503, {}), Outage, "is not ready"),
        ((200, b"<html>a portal</html>"), Refused, "does not answer as Kibana does"),
        ((200, {"version": {"number": "8.17.4"}}), Refused, "8.19 or later is needed"),
        ((302, b""), Refused, "does not answer as Kibana does"),
        ((200, b"\xff"), Refused, "does not answer as Kibana does"),
        ((200, []), Refused, "does not answer as Kibana does"),
    ],
)
def test_a_no_is_told_in_words(stub, answer, error, words):
    stub.answer = answer
    with pytest.raises(error, match=words):
        installed(stub)


def test_an_export_that_fails_for_another_reason_is_not_taken_for_a_missing_object(stub):
    stub.limit = 0
    with pytest.raises(Refused, match="Kibana says 400"):
        installed(stub)
    assert stub.held().keys() == {
        ("index-pattern", f"shadowgraph-{name}") for name in ("events", "alerts", "standings")
    }


def test_a_space_that_is_not_there_is_told(stub):
    with pytest.raises(Refused, match="there is no space hr"):
        installed(stub, space="hr")


def test_version_nine_is_welcome(stub):
    stub.version = "9.2.0"
    assert set(installed(stub)) == {"make"}


@pytest.mark.parametrize(
    ("given", "header"),
    [
        (Elastic(api_key="a2V5"), "ApiKey a2V5"),
        (Elastic(username="setup", password="pw"), "Basic c2V0dXA6cHc="),
    ],
)
def test_every_request_says_who_we_are(stub, given, header):
    stub.who = header
    assert len(list(install(Link(stub.url, given), OBJECTS))) == len(OBJECTS)


def test_nobody_there_is_an_outage(stub):
    with pytest.raises(Outage, match="is it up, and is it https"):
        list(install(Link(stub.url.replace("http://", "https://"), NOBODY), OBJECTS))
    with pytest.raises(Outage, match="cannot be reached"):
        list(install(Link("http://127.0.0.1:9", NOBODY), OBJECTS))


@pytest.mark.parametrize(
    "url",
    [
        "kibana",
        "ftp://kibana.example",
        "https://kibana.example:port",
        "https://me:pw@kibana.example",
        "https://:pw@kibana.example:5601",
        "https://",
    ],
)
def test_what_is_no_address_is_refused_without_a_word_of_it(url):
    with pytest.raises(ContentError) as caught:
        Link(url, NOBODY)
    assert "pw" not in str(caught.value)


def test_a_path_behind_the_host_is_kept(stub):
    stub.answer = (404, {})
    with pytest.raises(Refused):
        list(install(Link(f"{stub.url}/kibana/", NOBODY), OBJECTS))
    assert stub.requests == [("GET", "/kibana/api/status")]
