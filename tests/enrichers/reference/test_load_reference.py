from hashlib import sha256
from pathlib import Path

import pytest

from enrichers.reference import Reference, load_reference
from enrichers.registry import definition_hash
from pipeline.errors import ContentError

PEOPLE = "user.id,user.name,user.email,ai.user.department,ai.user.hr_state,user.roles,shoe_size\n"
FOLDER = {
    "organisation.yaml": "id: northmoor\ndomains: [northmoor.example]\nnetworks: [203.0.113.0/24]\nmotto: up\n",
    "people.csv": f"\ufeff{PEOPLE}\n"
    'wim.dal,"Dal, Wim",Wim.Dal@northmoor.example,sales,active,staff|sales,44\n\n'
    "svc-x,,,,service,,\n",
    "devices.csv": "host.name,ai.device.managed,ai.device.encrypted\nNM-1,TRUE,\nnm-2,false,true\n",
    "apps.yaml": "apps:\n"
    "- {id: our-gate, domains: [Gate.northmoor.example.], sources: [litellm_standard_logging], status: sanctioned}\n"
    "- {id: chatgpt, status: banned, announced_pilot: 2026-03-01, colour: green}\n"
    "- {id: something}\n",
    "agents.yaml": "agents:\n- {id: a1, owner: wim.dal, tools: [look, {name: send, risk: external_send}]}\n- {id: a2}\n",
    "mcp_servers.yaml": "mcp_servers:\n- name: rates\n  url: https://rates.northmoor.example/mcp\n  tools:\n"
    "  - {name: lookup, description: Look., inputSchema: {type: object}}\n",
    "changes.yaml": "changes:\n- {ticket: T1, user: Wim.Dal@northmoor.example, day: 2026-03-04}\n",
    "documents.csv": "ai.data.document.id,ai.data.label,file\nd1,restricted,plan.txt\nd2,,\n",
    "documents/plan.txt": "the plan",
}


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        place = path / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, "utf-8")
    return path


def load(path: Path, **files: str) -> Reference:
    return load_reference(folder(path, **files))


def faults(path: Path, **files: str) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load(path, **files)
    return [
        f"{Path(problem.path).name}:{problem.line} {problem.fault}"
        for problem in caught.value.problems
        if problem.remedy
    ]


@pytest.fixture
def northmoor(tmp_path: Path) -> Reference:
    return load(tmp_path, **FOLDER)


def test_people_are_read_through_byte_order_mark_blank_lines_and_quotes(northmoor: Reference) -> None:
    wim = northmoor.people_by_email["wim.dal@northmoor.example"]
    assert wim.name == "Dal, Wim"
    assert wim.facts["user.roles"] == ["staff", "sales"]
    assert northmoor.people_by_id["svc-x"].facts == {"user.id": "svc-x", "ai.user.hr_state": "service"}


def test_a_name_that_two_people_have_finds_neither(tmp_path: Path) -> None:
    found = load(tmp_path, **{"people.csv": "user.id,user.name\na,Kim Oak\nb,kim oak\nc,Lou Elm\n"})
    assert "kim oak" not in found.people_by_name
    assert found.people_by_name["lou elm"].id == "c"


def test_truth_values_of_devices_are_true_false_or_absent(northmoor: Reference) -> None:
    assert northmoor.devices_by_name["nm-1"].facts == {"host.name": "NM-1", "ai.device.managed": True}
    assert northmoor.devices_by_name["nm-2"].facts["ai.device.managed"] is False


def test_an_app_of_the_organisation_lies_over_the_catalogue_key_by_key(northmoor: Reference) -> None:
    app = northmoor.apps_by_host["chatgpt.com"]
    assert (app.status, app.vendor) == ("banned", "OpenAI")
    assert app.facts["ai.app.pilot"] is True
    assert "ai.app.pilot" not in northmoor.apps["our-gate"].facts


def test_a_service_that_the_organisation_does_not_list_is_unsanctioned(northmoor: Reference) -> None:
    assert northmoor.apps_by_host["claude.ai"].status == "unsanctioned"
    assert northmoor.apps["something"].status == "unknown"


def test_the_names_of_readers_have_aliases(northmoor: Reference) -> None:
    assert northmoor.apps_by_source["litellm"].id == "our-gate"


def test_domains_are_spelled_one_way(northmoor: Reference) -> None:
    assert northmoor.apps_by_host["gate.northmoor.example"].id == "our-gate"


def test_tools_of_an_agent_are_names_or_names_with_risks(northmoor: Reference) -> None:
    assert northmoor.agents["a1"].tools == {"look": (), "send": ("external_send",)}
    assert northmoor.agents["a2"].tools is None


def test_a_server_is_found_by_name_and_by_host_with_its_tools_hashed(northmoor: Reference) -> None:
    server = northmoor.servers["rates.northmoor.example"]
    assert server is northmoor.servers["rates"]
    tool = {
        "name": "lookup",
        "inputSchema": {"type": "object"},
        "description": "Look.",
        "title": None,
        "x": 1,
    }
    assert server.definitions == {"lookup": definition_hash(tool)}


def test_the_hash_of_a_definition_covers_what_an_agent_reads() -> None:
    tool = {"name": "lookup", "description": "Look.", "inputSchema": {"b": 1, "a": 2}}
    assert definition_hash(tool) == definition_hash({**tool, "inputSchema": {"a": 2, "b": 1}, "_meta": {}})
    assert definition_hash(tool) != definition_hash({**tool, "description": "Look and tell."})
    assert definition_hash({"name": "é"}) == sha256('{"name":"é"}'.encode()).hexdigest()


def test_a_document_comes_with_its_text(northmoor: Reference) -> None:
    first, second = northmoor.documents
    assert (first.text, first.label, second.text) == ("the plan", "restricted", "")


def test_a_change_is_found_by_person_and_day(northmoor: Reference) -> None:
    assert northmoor.tickets == {("wim.dal@northmoor.example", "2026-03-04"): "T1"}


def test_a_missing_file_keeps_the_built_in_one(tmp_path: Path) -> None:
    found = load(tmp_path, **{"organisation.yaml": FOLDER["organisation.yaml"]})
    assert found.organisation.id == "northmoor"
    assert found.apps_by_host["chatgpt.com"].status == "tolerated"
    assert "support-agent" in found.agents


def test_an_empty_file_replaces_the_built_in_one(tmp_path: Path) -> None:
    assert load(tmp_path, **{"agents.yaml": "# nobody\n"}).agents == {}


def test_every_fault_of_every_file_is_told_at_its_line(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        **{
            "organisation.yaml": "id: x\nnetworks: [nowhere]\n",
            "people.csv": "user.id,ai.user.hr_state\nwim,gone\n,active\nwim,active\na,b,c\n",
            "devices.csv": "host.name,ai.device.managed\nnm-1,perhaps\n",
            "apps.yaml": "apps:\n- {id: a, status: nice}\n- {name: b}\n- {id: c, dpa: maybe}\n- {id: C}\n- text\n",
            "agents.yaml": "agents:\n- id: a\n  tools:\n  - {name: t, risk: huge}\n",
            "mcp_servers.yaml": "servers: []\n",
            "changes.yaml": "changes:\n- {ticket: T, day: someday}\n",
            "documents.csv": "ai.data.document.id,file\nd,../../etc/passwd\ne,nothing.txt\n",
        },
    )
    assert found == [
        "agents.yaml:4 `risk` has a value that is not in its list",
        "apps.yaml:1 `apps` is no list of mappings",
        "apps.yaml:2 `status` has a value that is not in its list",
        "apps.yaml:3 `id` is missing",
        "apps.yaml:4 `dpa` is neither true nor false",
        "apps.yaml:5 `id` stands already in line 4",
        "changes.yaml:2 `day` is no day",
        "devices.csv:2 `ai.device.managed` is neither true nor false",
        "documents.csv:2 `file` names no file that can be read",
        "documents.csv:3 `file` names no file that can be read",
        "mcp_servers.yaml:1 `mcp_servers` is missing",
        "organisation.yaml:2 `networks` holds something that is no network",
        "people.csv:2 `ai.user.hr_state` has a value that is not in its list",
        "people.csv:3 `user.id` is missing",
        "people.csv:4 `user.id` stands already in line 2",
        "people.csv:5 has 3 cells, the header has 2",
    ]


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("apps.yaml", "apps: [", "is not YAML"),
        ("apps.yaml", "- a", "is no mapping"),
        ("apps.yaml", "apps: {id: a}", "is no list of mappings"),
        (
            "apps.yaml",
            "apps:\n- {id: a, domains: [x.example]}\n- {id: b, domains: [x.example]}",
            "`a` has already",
        ),
        ("apps.yaml", "apps:\n- {id: a, name: [b]}", "`name` is no text"),
        ("people.csv", 'user.id\n"wim', "is not CSV"),
        ("people.csv", "user.id,user.email\na,x@y.example\nb,X@y.example", "2 persons share one user.email"),
        (
            "mcp_servers.yaml",
            "mcp_servers:\n- name: a\n  tools:\n  - {name: t, inputSchema: {1: 2}}",
            "is no JSON",
        ),
        ("agents.yaml", "agents:\n- {id: a, limits: 3}", "`limits` is no mapping"),
    ],
)
def test_a_malformed_file_is_a_fault(tmp_path: Path, name: str, text: str, fault: str) -> None:
    told = faults(tmp_path, **{name: text})
    assert len(told) == 1
    assert told[0].startswith(name)
    assert fault in told[0]


def test_a_file_that_is_not_utf_8_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(b"user.id\nw\xefm\n")
    with pytest.raises(ContentError, match=r"people\.csv:2: is not UTF-8"):
        load_reference(tmp_path)


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="nowhere:1: is no folder"):
        load_reference(tmp_path / "nowhere")


def test_odd_data_is_remarked_on(tmp_path: Path) -> None:
    notes = load(
        tmp_path, **{"organisation.yaml": "id: x\n", "agents.yaml": "agents: [{id: a, owner: who@x.example}]"}
    ).notes
    assert len(notes) == 2
    assert "names no domains" in notes[0]
    assert "owner of a " in notes[1]


def test_another_folder_of_content_can_be_used(tmp_path: Path) -> None:
    data = tmp_path / "enrichers" / "data"
    data.mkdir(parents=True)
    with pytest.raises(ContentError, match=r"tools\.yaml"):
        load_reference(content=tmp_path)
