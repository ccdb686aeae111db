"""Link correlations to the rules that they listen to, in any file, and make them Correlations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pipeline.pack import LEVELS, Correlation, Rule
from pipeline.rules.compile import compile_tree
from pipeline.rules.condition import loud, read_condition
from pipeline.rules.correlation import TEMPORAL, Condition, Sketch
from pipeline.rules.faults import Faults, Refused
from pipeline.rules.head import Head, digest_of
from pipeline.rules.tree import And, Exists, Item, Node, Not, Or, bind, names

Known = Rule | Correlation


class Book:
    """All documents of a pack by id and by name; a reference is looked up as an id first."""

    def __init__(self, heads: Sequence[Head], faults: Faults) -> None:
        self._ids: dict[str, int] = {}
        self._names: dict[str, int] = {}
        for at, head in enumerate(heads):
            for kind, word, known in (("id", head.id, self._ids), ("name", head.name, self._names)):
                if word and (first := known.setdefault(word, at)) != at:
                    place = f"{heads[first].path}:{heads[first].line}"
                    faults.refuse(
                        head.path, head.line, f"the {kind} {word!r} is used twice", f"it belongs to {place}"
                    )

    def find(self, reference: str) -> int | None:
        """Give the position of the document that is meant."""
        return self._ids.get(reference, self._names.get(reference))


def references(
    sketches: Mapping[int, Sketch], book: Book, known: frozenset[int], faults: Faults
) -> dict[int, tuple[int, ...]]:
    """Find the rules that each correlation means; leave out those that mean nothing, themselves or a circle."""
    meant: dict[int, tuple[int, ...]] = {}
    for at, sketch in sketches.items():
        found = [book.find(rule) for rule in sketch.rules]
        missing = [rule for rule, position in zip(sketch.rules, found, strict=True) if position not in known]
        for rule in missing:
            faults.refuse(
                sketch.head.path,
                sketch.line,
                f"the rule {rule!r} is not there",
                "name a rule of this pack by id or name",
            )
        positions = tuple(position for position in found if position is not None)
        if len(set(positions)) < len(positions):
            faults.refuse(
                sketch.head.path, sketch.line, "a rule is named twice, by id and by name", "name it once"
            )
        elif positions and not missing:
            meant[at] = positions

    circular = [at for at in meant if at in below(at, meant)]
    for at in circular:
        faults.refuse(
            sketches[at].head.path,
            sketches[at].line,
            "the correlation listens to itself, or in a circle",
            "break the circle",
        )
    return {at: positions for at, positions in meant.items() if at not in circular}


def below(at: int, meant: Mapping[int, tuple[int, ...]]) -> set[int]:
    """Give the positions of everything that a correlation stands on."""
    reached: set[int] = set()
    waiting = [at]
    while waiting:
        for position in meant.get(waiting.pop(), ()):
            if position not in reached:
                reached.add(position)
                waiting.append(position)
    return reached


def linked(
    sketches: Mapping[int, Sketch],
    meant: Mapping[int, tuple[int, ...]],
    rules: Mapping[int, Rule],
    listed: Callable[[int], bool],
    faults: Faults,
) -> dict[int, Correlation]:
    """Make the correlations, inner ones first; what stands on a faulty one is left out."""
    made: dict[int, Known] = dict(rules)
    for at in sorted(meant, key=lambda at: len(below(at, meant))):
        if all(position in made for position in meant[at]):
            inner = tuple(made[position] for position in meant[at])
            sketch = sketches[at]
            correlation = faults.attempt(
                sketch.head.path, sketch.line, _linked, sketch, inner, listed(at), faults
            )
            if correlation:
                made[at] = correlation
    return {at: known for at, known in made.items() if isinstance(known, Correlation)}


def _linked(sketch: Sketch, inner: tuple[Known, ...], listed: bool, faults: Faults) -> Correlation:
    head, digests = sketch.head, tuple(known.digest for known in inner)
    named = zip(sketch.rules, inner, strict=True)
    labels = {label: known.digest for rule, known in named for label in (known.name, known.id, rule) if label}
    meaning = _text_condition(sketch, labels, faults)
    depths = [known.depth + 1 for known in inner if isinstance(known, Correlation)]
    return Correlation(
        id=head.called,
        name=head.name,
        title=head.title,
        digest=digest_of(sketch.body, digests),
        path=head.path,
        line=head.line,
        level=head.level or max((known.level for known in inner), key=LEVELS.index),
        kind=sketch.kind,
        rules=digests,
        names=tuple(known.name or known.title for known in inner),
        span=sketch.span,
        group_by=sketch.group_by,
        aliases={alias: _by_digest(fields, labels) for alias, fields in sketch.aliases.items()},
        condition=sketch.condition.thresholds,
        expression=meaning.expression,
        positive=meaning.positive,
        fields=sketch.condition.fields,
        percentile=sketch.condition.percentile,
        depth=max(depths, default=0),
        monotone=_monotone(sketch.kind, sketch.condition) and not meaning.negated,
        listed=listed,
        about=head.about,
    )


def _by_digest(fields: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    for rule in fields:
        if rule not in labels:
            raise Refused(
                f"an alias speaks of {rule!r}, which the correlation does not listen to",
                "name one of its rules",
            )
    return {labels[rule]: field for rule, field in fields.items()}


def _monotone(kind: str, condition: Condition) -> bool:
    """Say whether more events never take a firing back."""
    words = {word for word, _ in condition.thresholds}
    return kind in ("event_count", "value_count", *TEMPORAL) and words <= {"gt", "gte"}


class _Meaning(NamedTuple):
    """A condition in words, compiled; `positive` are the digests that do not stand under `not`."""

    expression: Callable[[frozenset[str]], bool] | None = None
    positive: frozenset[str] = frozenset()
    negated: bool = False


def _text_condition(sketch: Sketch, labels: Mapping[str, str], faults: Faults) -> _Meaning:
    """Compile a condition in words; a rule is true where its digest is in the set."""
    text = sketch.condition.text
    if text is None:
        return _Meaning()
    if loud(text):
        faults.note(
            sketch.head.path,
            sketch.line,
            "operators in capitals are understood here, other tools refuse them",
        )
    node = read_condition(text, labels, quantified=False)
    positive, negative = _sides(node, labels)
    if unused := set(labels.values()) - positive - negative:
        rule = next(label for label, digest in labels.items() if digest in unused)
        remedy = "use it in the condition, or take it out of `rules`"
        raise Refused(f"the condition says nothing of the rule {rule!r}", remedy)
    meanings: dict[str, Node] = {
        label: Item(field=digest, want=Exists(wanted=True)) for label, digest in labels.items()
    }
    test = compile_tree(bind(node, meanings)).test
    return _Meaning(lambda true: test(dict.fromkeys(true)), positive, bool(negative))


def _sides(node: Node, labels: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """Give the digests that stand as such, and those under `not`."""
    match node:
        case Not(part):
            positive, negative = _sides(part, labels)
            return negative, positive
        case And(parts) | Or(parts):
            sides = [_sides(part, labels) for part in parts]
            return frozenset().union(*(p for p, _ in sides)), frozenset().union(*(n for _, n in sides))
        case _:
            return frozenset(labels[name] for name in names(node)), frozenset()
