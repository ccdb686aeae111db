from pathlib import Path
from typing import Any

import pytest

from enrichers.reference import load_reference
from enrichers.registry import registry

FERNWOOD = load_reference()
APPROVED = FERNWOOD.servers["tickets"].definitions or {}
HASH = APPROVED["search_tickets"]


def problems(**fields: Any) -> list[str]:
    named = {name.replace("__", "."): value for name, value in fields.items()}
    found: list[str] = registry(named, FERNWOOD).get("ai.registry.problems", [])
    return found


def test_a_registered_agent_has_an_owner_and_an_environment() -> None:
    assert registry({"gen_ai.agent.id": "support-agent"}, FERNWOOD) == {
        "ai.agent.owner": "femi.adeyemi@fernwood.example",
        "ai.agent.environment": "production",
    }
    assert registry({"gen_ai.agent.name": "Support agent"}, FERNWOOD)["ai.agent.environment"] == "production"


def test_agents_that_are_unknown_or_retired_are_problems() -> None:
    assert problems(gen_ai__agent__id="rogue-agent") == ["agent_unknown"]
    assert problems(gen_ai__agent__id="old-agent") == ["agent_retired"]
    assert problems(event__action="prompt") == []


def test_helpers_of_a_coding_assistant_need_no_registration() -> None:
    assert problems(gen_ai__agent__id="a1b2", event__module="claude_code") == []
    assert problems(gen_ai__agent__id="old-agent", event__module="claude_code") == ["agent_retired"]


def test_an_agent_whose_owner_left_or_is_missing_is_ownerless(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("user.id,user.email,ai.user.hr_state\nwim,wim@x.example,left\n")
    (tmp_path / "agents.yaml").write_text(
        "agents: [{id: a, owner: Wim@x.example}, {id: b}, {id: c, owner: other}]"
    )
    reference = load_reference(tmp_path)
    found = [registry({"gen_ai.agent.id": name}, reference).get("ai.registry.problems") for name in "abc"]
    assert found == [["agent_ownerless"], ["agent_ownerless"], None]


def test_a_server_is_known_by_name_or_host() -> None:
    assert problems(ai__tool__server="Tickets") == []
    assert problems(ai__tool__server="tickets.fernwood.example") == []
    assert problems(ai__tool__server="tickets.evil.example") == ["server_unknown"]


def test_a_server_that_is_not_approved_counts_as_unknown(tmp_path: Path) -> None:
    (tmp_path / "mcp_servers.yaml").write_text("mcp_servers: [{name: a, status: blocked}]")
    added = registry({"ai.tool.server": "a"}, load_reference(tmp_path))
    assert added["ai.registry.problems"] == ["server_unknown"]


@pytest.mark.parametrize(
    ("names", "hashes", "told"),
    [
        (["search_tickets"], [HASH], []),
        (["search_tickets"], ["0" * 64], ["definition_changed"]),
        (["search_tickets", "read_mail"], [HASH, HASH], ["definition_unknown"]),
        (["read_mail", "search_tickets"], [HASH, "0" * 64], ["definition_unknown", "definition_changed"]),
        (["search_tickets"], None, []),
    ],
)
def test_offered_tools_are_compared_with_the_approved_ones(
    names: list[str], hashes: list[str] | None, told: list[str]
) -> None:
    fields = {"event__action": "tool_list", "ai__tool__server": "tickets", "gen_ai__tool__name": names}
    assert problems(**fields, **({"ai__tool__definition_hash": hashes} if hashes else {})) == told


def test_nobody_may_have_done_what_they_may_not_do() -> None:
    call = {"event__action": "tool_call", "gen_ai__agent__id": "support-agent"}
    chain = {"ai__delegation__chain": ["finance-agent", "support-agent"]}
    assert problems(**call, **chain, gen_ai__tool__name=["send_mail"]) == ["delegation_exceeds"]
    assert problems(**call, **chain, gen_ai__tool__name="pay_invoice") == []
    assert problems(**call | {"event__action": "prompt"}, **chain, gen_ai__tool__name=["send_mail"]) == []
    assert problems(**call, ai__delegation__chain=["support-agent"], gen_ai__tool__name=["send_mail"]) == []


def test_an_empty_registry_objects_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "agents.yaml").write_text("agents: []")
    (tmp_path / "mcp_servers.yaml").write_text("mcp_servers: []")
    assert registry({"gen_ai.agent.id": "a", "ai.tool.server": "b"}, load_reference(tmp_path)) == {}
