"""The catalogue of apps, the table of tools and the sample company: well formed, and about what they should be about."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from enrichers.hosts import registered
from enrichers.reference import load_reference
from enrichers.reference.apps import REMARKS, read_apps
from enrichers.reference.nouns import CATEGORIES
from pipeline.errors import Problem

DATA = Path(__file__).parents[3] / "enrichers" / "data"
FILES = {
    file: yaml.safe_load(file.read_text("utf-8"))["apps"] for file in sorted((DATA / "apps").glob("*.yaml"))
}
APPS: list[dict[str, Any]] = [app for apps in FILES.values() for app in apps]
TOOLS: list[dict[str, Any]] = yaml.safe_load((DATA / "tools.yaml").read_text("utf-8"))["tools"]
KEYS = {
    "id", "name", "vendor", "category", "accounts", "region", "domains", "names", "processes", "providers", "sources",
    "tenancy", "source",
}  # fmt: skip
DOMAIN = re.compile(r"(localhost:[0-9]+|[a-z0-9*-]+(\.[a-z0-9*-]+)*\.[a-z0-9-]+)(/[a-z0-9/_.-]+)?")


def all_of(key: str) -> list[str]:
    return [value for app in APPS for value in app.get(key, [])]


@pytest.mark.parametrize("key", ["domains", "names", "processes", "providers", "sources"])
def test_nothing_leads_to_two_apps(key: str) -> None:
    assert [value for value, count in Counter(all_of(key)).items() if count > 1] == []


def test_every_app_has_an_id_of_its_own_and_says_what_it_is() -> None:
    assert len(APPS) == len({app["id"] for app in APPS}) >= 260
    assert [app["id"] for app in APPS if not {"name", "vendor", "category"} <= app.keys() <= KEYS] == []
    assert [app["id"] for app in APPS if not re.fullmatch(r"[a-z0-9-]+", app["id"])] == []


def test_every_app_can_be_recognised() -> None:
    assert [app["id"] for app in APPS if not app.keys() & {"domains", "names", "processes"}] == []


def test_every_category_but_the_last_has_an_app() -> None:
    assert {app["category"] for app in APPS} == {*CATEGORIES} - {"other"}


def test_each_file_holds_the_services_of_one_category() -> None:
    assert [file.name for file, apps in FILES.items() if len({app["category"] for app in apps}) != 1] == []
    assert len(FILES) == len(CATEGORIES) - 1


def test_domains_are_hosts_with_a_port_or_a_path_at_most() -> None:
    assert [domain for domain in all_of("domains") if not DOMAIN.fullmatch(domain)] == []
    assert len(all_of("domains")) >= 620


def test_no_domain_is_a_public_suffix_but_those_where_vendors_keep_what_customers_made() -> None:
    hosts = {domain.partition("/")[0] for domain in all_of("domains")}
    suffixes = {host for host in hosts if ":" not in host and registered(f"below.{host}") == f"below.{host}"}
    assert suffixes == {
        "ai.studio",
        "claudeusercontent.com",
        "e2b.app",
        "hf.space",
        "metaaiusercontent.com",
        "oaiusercontent.com",
    }


def test_remarks_are_of_their_lists() -> None:
    odd = [
        app["id"]
        for app in APPS
        for key, allowed in REMARKS.items()
        if app.get(key, allowed[0]) not in allowed
    ]
    assert odd == []


def test_a_name_belongs_to_one_service_whatever_way_it_is_told() -> None:
    names = Counter(
        name for app in APPS for name in {app["id"].lower(), app["name"].lower(), *app.get("names", [])}
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_every_fault_of_a_catalogue_is_told_with_its_line_and_what_to_do(tmp_path: Path) -> None:
    places = "[https://a.example/, a b.example, ch\u0430t.example, 'chat.*', '', good.example/x, good.example/x, '*']"
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "a.yaml").write_text(
        f"apps:\n- {{id: a, category: toy, tenancy: guess,\n   domains: {places}}}\n- {{id: b, source: [claude_code]}}\n"
    )
    (tmp_path / "apps" / "b.yaml").write_text(
        "apps:\n- {id: b}\n- {id: c, domains: [good.example/x]}\n- {name: d}\n"
    )
    faults: list[Problem] = []
    read_apps(tmp_path / "apps.yaml", faults)
    assert [(Path(fault.path).name, fault.line, fault.fault) for fault in faults] == [
        ("a.yaml", 2, "`tenancy` has a value that is not in its list"),
        ("a.yaml", 2, "`category` has a value that is not in its list"),
        *[("a.yaml", 3, f"`domains` holds no host as number {number}") for number in (1, 2, 3, 4)],
        ("a.yaml", 3, "`domains` holds number 6 twice"),
        ("a.yaml", 3, "`domains` holds no host as number 7"),
        ("a.yaml", 4, "`source` is no text"),
        ("b.yaml", 4, "`id` is missing"),
        ("b.yaml", 2, "`id` stands already in another file of the folder"),
        ("b.yaml", 3, "`domains` holds a domain that `a` has already"),
    ]
    assert all(fault.remedy for fault in faults)


@pytest.mark.parametrize(
    "place",
    [
        "chatgpt.com", "*.chatgpt.com", "llm", "llm.fernwood.example:4000", "192.0.2.7", "2001:db8::7", "localhost:11434",
        "xn--bcher-kva.example/a/b", "bedrock.*.amazonaws.com", "*-x.example", "a_b.example",
    ],
)  # fmt: skip
def test_hosts_ports_paths_and_addresses_are_places(place: str, tmp_path: Path) -> None:
    (tmp_path / "apps.yaml").write_text(f"apps:\n- {{id: a, domains: ['{place}']}}\n")
    faults: list[Problem] = []
    assert read_apps(tmp_path / "apps.yaml", faults)["a"]["domains"] == (place.removeprefix("*."),)
    assert faults == []


@pytest.mark.parametrize(
    "site", ["openai.com", "anthropic.com", "google.com", "microsoft.com", "github.com", "x.ai"]
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
