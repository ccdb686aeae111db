"""Join the documents of a pack: filters onto rules, rules into correlations, and who speaks for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from pipeline.pack import Correlation, Rule
from pipeline.rules.correlation import Sketch
from pipeline.rules.event_rule import Draft, finished
from pipeline.rules.faults import Faults
from pipeline.rules.filters import Filter
from pipeline.rules.linking import Book, below, linked, references
from pipeline.rules.tree import Node

Part = Draft | Sketch | Filter


class Joined(Struct, frozen=True):
    """Rules and correlations, each by the position of its document."""

    rules: dict[int, Rule]
    correlations: dict[int, Correlation]


def joined(parts: Sequence[Part], faults: Faults, *, generic: bool, retired: bool) -> Joined:
    """Join the documents of a pack; the order of them has no meaning."""
    book = Book([part.head for part in parts], faults)
    drafts = {at: part for at, part in enumerate(parts) if isinstance(part, Draft)}
    sketches = {at: part for at, part in enumerate(parts) if isinstance(part, Sketch)}
    filters = [part for part in parts if isinstance(part, Filter) and (retired or not part.head.retired)]
    meant = references(sketches, book, frozenset({*drafts, *sketches}), faults)

    active = {at for at in (*drafts, *sketches) if retired or not parts[at].head.retired}
    kept = active.union(*(below(at, meant) for at in active))
    fed = _fed({at: meant[at] for at in meant if at in kept}, sketches)

    def listed(at: int) -> bool:
        return at in active and fed.get(at, True)

    laid = _laid_over(filters, drafts, book, meant, faults)
    rules = {
        at: finished(draft, laid[at], generic=generic, listed=listed(at))
        for at, draft in drafts.items()
        if at in kept
    }
    wanted = {at: positions for at, positions in meant.items() if at in kept}
    return Joined(rules, linked(sketches, wanted, rules, listed, faults))


def _fed(meant: Mapping[int, tuple[int, ...]], sketches: Mapping[int, Sketch]) -> dict[int, bool]:
    """Say of everything that a correlation listens to whether one of these lists it all the same."""
    fed: dict[int, bool] = {}
    for at, positions in meant.items():
        for position in positions:
            fed[position] = fed.get(position, False) or sketches[at].generate
    return fed


def _laid_over(
    filters: Sequence[Filter],
    drafts: Mapping[int, Draft],
    book: Book,
    meant: Mapping[int, tuple[int, ...]],
    faults: Faults,
) -> dict[int, list[Node]]:
    """Give what the filters lay over each rule; one that names a correlation means the rules below it."""
    laid: dict[int, list[Node]] = {at: [] for at in drafts}
    for one in filters:
        positions: set[int] = set() if one.rules else set(drafts)
        for rule in one.rules:
            if (at := book.find(rule)) is None:
                faults.note(one.head.path, one.line, f"the filter names {rule!r}, which is not there")
            else:
                positions |= {at} | below(at, meant)
        for at in sorted(positions & drafts.keys()):
            if one.source.covers(drafts[at].source):
                laid[at].append(one.tree)
    return laid
