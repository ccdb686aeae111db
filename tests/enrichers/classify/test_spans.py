from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from enrichers.classify.spans import Span, around, settle

SPANS = some.lists(
    some.builds(
        lambda start, size, type_, valid: Span(start, start + size, "secret", type_, valid),
        some.integers(0, 30),
        some.integers(1, 12),
        some.sampled_from(["jwt", "password", "email"]),
        some.sampled_from([True, False, None]),
    ),
    max_size=12,
)


@given(SPANS)
def test_settled_spans_are_sorted_and_apart(spans: list[Span]) -> None:
    kept = settle(spans)
    assert all(left.end <= right.start for left, right in pairwise(kept))
    assert set(kept) <= set(spans)


@given(SPANS)
def test_whatever_falls_away_lies_under_something_kept(spans: list[Span]) -> None:
    kept = settle(spans)
    assert all(any(span.start < one.end and one.start < span.end for one in kept) for span in spans)


def test_the_more_certain_wins_then_the_longer() -> None:
    sure, long, vague = (
        Span(4, 8, "secret", "jwt", True),
        Span(0, 20, "secret", "sk_key"),
        Span(0, 30, "secret", "password"),
    )
    assert settle([vague, long, sure]) == [sure]
    assert settle([vague, long]) == [long]
    assert settle([Span(0, 5, "personal", "email"), long]) == [long]


def test_a_block_fills_the_gaps_between_findings() -> None:
    inside = [Span(3, 5, "secret", "jwt"), Span(7, 9, "secret", "jwt")]
    block = Span(0, 9, "source_code", "go")
    assert [(span.start, span.end, span.type) for span in around([block], inside)] == [
        (0, 3, "go"),
        (3, 5, "jwt"),
        (5, 7, "go"),
        (7, 9, "jwt"),
    ]
