"""Chance as an argument: streams of random numbers that are known by name, so that the same name gives the same stream."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import exp
from random import Random  # noqa: TID251 - every stream is seeded by its name, which is what makes chance an argument
from typing import TypeVar

T = TypeVar("T")


def chance(*names: object) -> Random:
    """Give the stream of that name, always from its beginning."""
    return Random("/".join(map(str, names)))  # noqa: S311 - these numbers keep no secret


def pick(dice: Random, of: Sequence[T]) -> T:
    """Pick one, all alike. It is `Random.choice` in a quarter of the time."""
    return of[int(dice.random() * len(of))]


def pick_some(dice: Random, of: Sequence[T], count: int) -> list[T]:
    """Pick several different ones, in the order in which they stand."""
    chosen = sorted(dice.sample(range(len(of)), min(count, len(of))))
    return [of[index] for index in chosen]


def weighed(dice: Random, of: dict[T, float]) -> T:
    """Pick a key by its weight; weights need no common sum."""
    sums = list(accumulate(of.values()))
    point = dice.random() * sums[-1]
    return next((key for key, top in zip(of, sums, strict=True) if point < top), next(reversed(of)))


def about(dice: Random, middle: float, spread: float = 0.6) -> float:
    """Draw from a log-normal distribution by its median and the spread of its logarithm: lengths, gaps and counts."""
    return middle * exp(dice.gauss(0.0, spread))


def token(dice: Random, digits: int) -> str:
    """Make an id of hexadecimal digits."""
    return f"{dice.getrandbits(4 * digits):0{digits}x}"


def uuid(dice: Random) -> str:
    """Make a random UUID of version 4."""
    text = token(dice, 32)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
