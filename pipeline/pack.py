"""The Pack: all content that judges, checked, frozen and named by its digest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import replace

from pipeline.event import Fields, Reason, subject
from pipeline.fields import ACTIONS
from pipeline.scalars import key_of, number_of

Test = Callable[[Fields], bool]
LEVELS = ("informational", "low", "medium", "high", "critical")


class Met(Struct, frozen=True):
    """One condition of a rule that an event met: the field, the condition in words, and the value."""

    field: str
    condition: str
    value: Any


class About(Struct, frozen=True, kw_only=True):
    """What a rule says of itself besides its logic; `catalogue` is the catalogue id, such as EXF-001."""

    catalogue: str = ""
    description: str = ""
    author: str = ""
    evidence: str = ""
    playbook: str = ""
    atlas: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    next_step: str = ""


class Rule(Struct, frozen=True, kw_only=True):
    """A single-event Sigma rule, compiled.

    `digest` is that of its document and keys what dockets remember of it. `raises` are further detections of the same
    rule that lift its level, strongest first. `listed`: it speaks for itself; else it only feeds correlations.
    `group_by`: the fields of its alerts' group; empty: the home. `met` tells what an event met. `verbs` are the actions
    that it can match, as far as it names them; empty: any. `narrowed` gives what verb and keys of an event leave of
    `matches`: their answer, or the test that remains.
    """

    id: str
    name: str
    title: str
    digest: str
    path: str
    line: int
    level: str
    fields: frozenset[str]
    matches: Test
    met: Callable[[Fields], tuple[Met, ...]]
    raises: tuple[tuple[str, Test], ...] = ()
    listed: bool = True
    group_by: tuple[str, ...] = ()
    verbs: frozenset[str] = frozenset()
    narrowed: Callable[[str, AbstractSet[str]], bool | Test] | None = None
    tree: Any = None
    """What `matches` was compiled from, for those who index many rules; None: only `matches` is known."""
    about: About = About()


class Correlation(Struct, frozen=True, kw_only=True, dict=True):
    """A Sigma correlation over the findings of other rules (`rules`: their digests, in order).

    `kind` is the Sigma type, `span` the timespan in seconds, `condition` pairs of operator and threshold (all must hold),
    `expression` a compiled string condition over the set of digests that are true and `positive` those of them that do
    not stand under `not`. `aliases` maps an alias to {digest: field}. `depth` counts the correlations below it. `monotone`: more events never take a firing back, so it fires on
    arrival; else it waits for the Tick that passes.
    """

    id: str
    name: str
    title: str
    digest: str
    path: str
    line: int
    level: str
    kind: str
    rules: tuple[str, ...]
    names: tuple[str, ...]
    span: float
    group_by: tuple[str, ...] = ()
    aliases: Mapping[str, Mapping[str, str]] = {}
    condition: tuple[tuple[str, float], ...] = ()
    expression: Callable[[frozenset[str]], bool] | None = None
    positive: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    percentile: float | None = None
    depth: int = 0
    monotone: bool = True
    listed: bool = True
    about: About = About()

    def group(self, rule: str, facts: Fields) -> tuple[tuple[str, Any], ...] | None:
        """Give the group of what this rule found: (field, value) pairs; None where a field is absent."""
        pairs = tuple((field, facts.get(source)) for field, source in self._sources(rule))
        return None if any(key_of(value) is None for _, value in pairs) else pairs

    def subject(self, rule: str, facts: Fields) -> str | None:
        """Name the subject that must hear what this rule found; None where it is in no group."""
        named = []
        for field, source in self._sources(rule):
            value = facts.get(source)
            key = value if value.__class__ is str else key_of(value)  # nearly always a text
            if key is None:
                return None
            named.append((field, key))
        return subject(*named or (("rule", self.digest),))

    def counted(self, facts: Fields) -> Any:
        """Give what is counted or added up: the text of all fields, or a number; None: the event is none of this one."""
        values = [facts.get(field) for field in self.fields]
        if self.kind != "value_count":
            return number_of(values[0]) if values else None
        keys = [key_of(value) for value in values]
        return None if None in keys else orjson.dumps(keys).decode()

    def counts(self, rule: str, facts: Fields) -> Fields:
        """Keep what this correlation groups and counts of what a rule found."""
        sources = [source for _, source in self._sources(rule)]
        return {field: facts[field] for field in (*sources, *self.fields) if field in facts}

    def _sources(self, rule: str) -> tuple[tuple[str, str], ...]:
        if not self.aliases:
            return self._plain
        return tuple((field, self.aliases.get(field, {}).get(rule, field)) for field in self.group_by)

    @cached_property
    def _plain(self) -> tuple[tuple[str, str], ...]:
        return tuple((field, field) for field in self.group_by)

    @cached_property
    def needed(self) -> int:
        """Say how many finds a group needs before any of them can matter; 1: the first may."""
        if self.kind != "event_count" or len(self.rules) != 1:
            return 1
        return max((int(least) + (word == "gt") for word, least in self.condition), default=1)


class PolicyRule(Struct, frozen=True, kw_only=True):
    """One line of the policy: empty conditions hold always, `*` means any."""

    id: str
    decision: str
    classes: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    app_status: tuple[str, ...] = ()
    except_apps: tuple[str, ...] = ()
    except_roles: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    tool_risks: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    dead: bool = False
    """It has a condition that nobody knows, so it never applies."""


class PolicyException(Struct, frozen=True, kw_only=True):
    """Somebody's leave from a policy rule: what and who, why, and until when (epoch seconds)."""

    id: str
    what: str = ""
    roles: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    device_groups: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    owner: str = ""
    reason: str = ""
    ticket: str = ""
    starts: float | None = None
    expires: float | None = None
    dead: bool = False
    """It has a condition that nobody knows, so it never applies."""


class Policy(Struct, frozen=True, kw_only=True):
    """Who may give which data to which AI: rules in order, the strictest that applies decides."""

    id: str = "none"
    version: str = "0"
    default: str = "allow"
    rules: tuple[PolicyRule, ...] = ()
    exceptions: tuple[PolicyException, ...] = ()
    models: Mapping[str, tuple[str, ...]] = {}
    cleared: Mapping[str, tuple[str, ...]] = {}
    limits: Mapping[str, Any] = {}
    path: str = ""


class Playbook(Struct, frozen=True, kw_only=True):
    """What to do about an alert, as data (`path` names the file)."""

    id: str
    title: str
    path: str
    body: Mapping[str, Any]


MOST_PLANS = 512
"""Kinds of events whose plan a pack remembers."""
JUDGED = frozenset(
    "ai.taint ai.policy.id ai.policy.version ai.policy.expected ai.policy.reason ai.policy.violations ai.policy.exception".split()
)
"""Fields that an event may yet get when its home judges it."""


class Pack(Struct, frozen=True, kw_only=True):
    """Everything that judges. `notes` are remarks for people about content that works but is odd.

    Make one with `linked(Pack(...))`, which fills in `known` and all after it but `find`.
    """

    digest: str
    rules: tuple[Rule, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    policy: Policy = Policy()
    playbooks: Mapping[str, Playbook] = {}
    placeholders: Mapping[str, tuple[str, ...]] = {}
    key: bytes = b""
    notes: tuple[str, ...] = ()
    known: Mapping[str, Rule | Correlation] = {}
    """Rules and correlations by digest."""
    heard: Mapping[str, tuple[Correlation, ...]] = {}
    """Correlations by the digest of a rule that they listen to."""
    by_verb: Mapping[str, tuple[Rule, ...]] = {}
    """The rules that an event with this action can match."""
    plans: dict[tuple[str, ...], tuple[tuple[Rule, Test], ...]] = {}
    """A memo of `plan`."""
    find: Callable[[Fields], list[Rule]] | None = None
    """Gives the rules that match an event, where they are so many that an index is faster than a plan."""
    weigh: Callable[[Fields], Reason | None] | None = None
    """Gives the scorecard's reason to suspect a judged event, where there is a scorecard."""
    counting: dict[tuple[str, ...], bool] = {}
    """A memo of `counts`."""
    depth: int = 0
    """The depth of the deepest correlation."""

    def plan(self, fields: Fields) -> tuple[tuple[Rule, Test], ...]:
        """Give the rules that an event with this verb and these keys can match: few, as most events lack what they ask for."""
        keys = (fields["event.action"], *fields)
        plan = self.plans.get(keys)
        if plan is None:
            if len(self.plans) >= MOST_PLANS:
                self.plans.clear()
            plan = self.plans[keys] = tuple(_open_rules(self.by_verb[keys[0]], keys[0], fields.keys()))
        return plan

    def counts(self, fields: Fields) -> bool:
        """Say whether a correlation may count an event with this verb and these keys: such an event is never idle."""
        keys = (fields["event.action"], *fields)
        known = self.counting.get(keys)
        if known is None:
            if len(self.counting) >= MOST_PLANS:
                self.counting.clear()
            heard = tuple(rule for rule in self.by_verb[keys[0]] if rule.digest in self.heard)
            known = any(True for _ in _open_rules(heard, keys[0], fields.keys() | JUDGED))
            self.counting[keys] = known
        return known


def _open_rules(rules: tuple[Rule, ...], verb: str, keys: AbstractSet[str]) -> Iterator[tuple[Rule, Test]]:
    for rule in rules:
        left = rule.narrowed(verb, keys) if rule.narrowed else rule.matches
        if left is not False:
            yield rule, rule.matches if left is True else left


def linked(pack: Pack) -> Pack:
    """Fill in what follows from a pack's rules: who is known by which digest, and who listens to whom."""
    known: dict[str, Rule | Correlation] = {rule.digest: rule for rule in pack.rules}
    known |= {correlation.digest: correlation for correlation in pack.correlations}
    heard: dict[str, tuple[Correlation, ...]] = {}
    for correlation in pack.correlations:
        for digest in correlation.rules:
            heard[digest] = (*heard.get(digest, ()), correlation)
    by_verb = {
        verb: tuple(rule for rule in pack.rules if not rule.verbs or verb in rule.verbs) for verb in ACTIONS
    }
    depth = max((correlation.depth for correlation in pack.correlations), default=0)
    linked_up = {"known": known, "heard": heard, "by_verb": by_verb, "depth": depth}
    return replace(pack, plans={}, counting={}, **linked_up)
