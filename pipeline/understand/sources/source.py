"""What a reader is, and what it makes of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from pipeline.event import Fields

FORWARDED = (
    ("user_email", "user.email"),
    ("hostname", "host.name"),
    ("session_id", "gen_ai.conversation.id"),
    ("agent_id", "gen_ai.agent.id"),
    ("mcp_server", "ai.tool.server"),
)
"""What forwarders add to records that carry no time or person of their own, and the field it is."""
FORWARDER_KEYS = frozenset(key for key, _ in FORWARDED) | {"timestamp"}


class Draft(Struct):
    """One act as a reader understood it, before `settle` gives it its form.

    `fields` are the act's own and `common` those it shares with other acts of the record; an own field that is None
    takes the common one away. `problems` are what the reader found wrong. `times` are the record's candidates for its time, best first. `session`, `act` and `part` identify the act; without
    an `act`, its content and place do. `id` is an event id that the record states itself.
    """

    fields: Fields
    times: tuple[Any, ...] = ()
    session: str = ""
    act: str = ""
    part: str = ""
    id: str = ""
    common: Fields = {}
    problems: tuple[str, ...] = ()


class Source(Struct, frozen=True, kw_only=True):
    """A family of formats and its reader.

    `claims` says whether an unwrapped value (an object or a line of text) is of this family, given the shipper's hints;
    `read` makes drafts of such a value and raises BadRecord where there is nothing in it. `keys` are the family's own
    keys: they name the nearest formats of a record nobody knows. `own` are forwarder keys that mean something else here.
    `fixed` are fields that every event of the family has, as they will stand. No object is claimed that has none of
    `marks` and no such hint, and no line of text unless `lines` is set.
    """

    name: str
    claims: Callable[[Any, Fields], bool]
    read: Callable[[Any, Fields], Iterator[Draft]]
    keys: frozenset[str]
    aliases: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    fixed: Fields = {}
    marks: frozenset[str] = frozenset()
    lines: bool = False
