import csv
from collections import Counter

import pytest
import yaml

from enrichers.reference import load_reference
from pipeline.errors import ContentError
from pipeline.simulate.companyfiles import write_company
from pipeline.simulate.names import DEPARTMENTS
from pipeline.suspect.policyfile import read_policy
from tests.simulate.simulated import COMPANY

PEOPLE = COMPANY.people


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("company")
    write_company(COMPANY, place)
    return place


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_three_hundred_people_work_there_and_twelve_agents():
    assert len({one.id for one in PEOPLE}) == 300
    assert len(COMPANY.agents) == 12
    assert Counter(one.department for one in PEOPLE) == {
        name: count for name, (_, _, count) in DEPARTMENTS.items()
    }


def test_nobody_shares_a_device_or_an_address():
    machines = [device.name for one in PEOPLE for device in one.devices]
    assert len(set(machines)) == len(machines) >= 300
    assert len({one.ip for one in PEOPLE}) == 300


def test_some_leave_some_work_at_night_and_some_far_away():
    assert Counter(one.state for one in PEOPLE) == {"active": 294, "notice": 4, "left": 2}
    assert any(one.night for one in PEOPLE)
    assert {one.zone for one in PEOPLE} == {1, 0, -5, 8}
    assert {device.group for one in PEOPLE for device in one.devices} == {
        "office",
        "byod",
        "vdi",
        "lab",
        "ci",
    }


def test_the_files_are_those_that_run_takes(folder):
    reference = load_reference(folder)
    person = PEOPLE[5]
    machine = reference.devices_by_name[person.devices[0].name]
    assert reference.organisation.id == "fernwood"
    assert len(rows(folder / "people.csv")) == 302
    assert {agent.id for agent in reference.agents.values()} == COMPANY.agents.keys()
    assert reference.people_by_email[person.email].facts["ai.user.department"] == person.department
    assert reference.devices_by_name["fw-srv-release"].facts["ai.device.managed"] is True
    assert (machine.id, machine.facts["ai.device.managed"]) == (person.devices[0].id, True)
    assert reference.notes == ()


def test_agents_are_owned_by_people_of_the_company(folder):
    entries = yaml.safe_load((folder / "agents.yaml").read_text("utf-8"))["agents"]
    assert {entry["owner"] for entry in entries} <= {one.email for one in PEOPLE}
    assert len({tool["name"] for entry in entries for tool in entry["tools"]}) > 15


def test_the_policy_is_one_without_remarks(folder):
    policy, notes = read_policy(folder / "policy.yaml", folder / "exceptions.yaml")
    assert (len(policy.rules), notes) == (6, ())


def test_an_organisation_that_was_not_simulated_is_not_overwritten(tmp_path):
    (tmp_path / "people.csv").write_text("user.id\nme\n", "utf-8")
    with pytest.raises(ContentError, match="not simulated"):
        write_company(COMPANY, tmp_path)
    assert (tmp_path / "people.csv").read_text("utf-8") == "user.id\nme\n"


def test_a_simulated_one_is_written_anew(folder):
    before = (folder / "people.csv").read_bytes()
    write_company(COMPANY, folder)
    assert (folder / "people.csv").read_bytes() == before
