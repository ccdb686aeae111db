"""The catalogue of apps, the table of tools and the sample company: well formed, and about what they should be about."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from enrichers.reference import load_reference
from enrichers.reference.nouns import CATEGORIES

DATA = Path(__file__).parents[3] / "enrichers" / "data"
APPS: list[dict[str, Any]] = yaml.safe_load((DATA / "apps.yaml").read_text("utf-8"))["apps"]
TOOLS: list[dict[str, Any]] = yaml.safe_load((DATA / "tools.yaml").read_text("utf-8"))["tools"]
KEYS = {
    "id", "name", "vendor", "category", "accounts", "region", "domains", "names", "processes", "providers", "sources",
}  # fmt: skip
DOMAIN = re.compile(r"[a-z0-9*-]+(\.[a-z0-9*-]+)+(/[a-z0-9/_.-]+)?")


def all_of(key: str) -> list[str]:
    return [value for app in APPS for value in app.get(key, [])]


@pytest.mark.parametrize("key", ["domains", "names", "processes", "providers", "sources"])
def test_nothing_leads_to_two_apps(key: str) -> None:
    assert [value for value, count in Counter(all_of(key)).items() if count > 1] == []


def test_every_app_has_an_id_of_its_own_and_says_what_it_is() -> None:
    assert len(APPS) == len({app["id"] for app in APPS}) > 150
    assert [app["id"] for app in APPS if not {"name", "vendor", "category"} <= app.keys() <= KEYS] == []
    assert [app["id"] for app in APPS if not re.fullmatch(r"[a-z0-9-]+", app["id"])] == []


def test_every_app_can_be_recognised() -> None:
    assert [app["id"] for app in APPS if not app.keys() & {"domains", "names", "processes"}] == []


def test_every_category_but_the_last_has_an_app() -> None:
    assert {app["category"] for app in APPS} == {*CATEGORIES} - {"other"}


def test_domains_are_hosts_with_a_path_at_most() -> None:
    assert [domain for domain in all_of("domains") if not DOMAIN.fullmatch(domain)] == []


@pytest.mark.parametrize(
    "site", ["openai.com", "anthropic.com", "google.com", "microsoft.com", "github.com", "x.ai", "cursor.com"]
)
def test_an_ordinary_site_of_a_vendor_is_no_app(site: str) -> None:
    assert site not in all_of("domains")


def test_names_are_lower_case_because_they_are_looked_up_so() -> None:
    names = [*all_of("names"), *all_of("processes"), *all_of("providers")]
    assert [name for name in names if name != name.lower() or name.endswith(".exe")] == []


def test_no_name_of_a_tool_stands_in_two_rows() -> None:
    names = Counter(name for row in TOOLS for name in row["names"])
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z0-9_*]+", name)] == []


def test_the_sample_company_is_complete() -> None:
    fernwood = load_reference()
    assert fernwood.organisation.domains == ("fernwood.example",)
    assert len(fernwood.people_by_id) == 14
    assert {person.hr_state for person in fernwood.people_by_id.values()} == {"active", "notice", "service"}
    assert {status.status for status in fernwood.apps.values()} == {
        "sanctioned",
        "tolerated",
        "unsanctioned",
        "banned",
    }
    assert set(fernwood.agents) >= {"support-agent", "release-agent", "finance-agent", "old-agent"}
    assert fernwood.notes == ()


def test_everybody_of_the_sample_company_but_two_services_is_staff() -> None:
    people = load_reference().people_by_id.values()
    assert [person.id for person in people if "staff" not in person.facts["user.roles"]] == [
        "svc-deploy",
        "svc-rag",
    ]


def test_every_device_of_the_sample_company_belongs_to_somebody() -> None:
    fernwood = load_reference()
    owners = {device.email for device in fernwood.devices_by_name.values()}
    assert owners <= fernwood.people_by_email.keys()
    assert fernwood.devices_by_name["fw-lab-01"].facts["ai.device.group"] == "lab"
    assert fernwood.devices_by_name["hugo-home"].facts["ai.device.encrypted"] is False
