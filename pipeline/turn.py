"""How a stateful act runs over one partition: inputs in order, time by Ticks, content by Swaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from pipeline.errors import Outage
from pipeline.pack import Pack
from pipeline.record import Swap, Tick
from pipeline.states import States


class Timed(Protocol):
    """What has an event time."""

    @property
    def time(self) -> float:
        """Give epoch seconds."""


X = TypeVar("X", bound=Timed)
S = TypeVar("S")
Packs = Mapping[str, Pack]
"""Packs by digest."""


class Act(Struct, Generic[X, S], frozen=True):
    """A stateful act as data: a fresh state, whose it is, how it takes an input, when it wants waking and what it does then.

    `deeper` is what the act adds to the depth of a Tick that it has judged.
    """

    fresh: Callable[[], S]
    key: Callable[[X], str]
    take: Callable[[X, S, Pack], Iterator[Any]]
    due: Callable[[S], float]
    wait: Callable[[str, S, Tick, Pack], Iterator[Any]]
    deeper: int


def turn(act: Act[X, S], inputs: Iterable[X | Tick | Swap], states: States[S], packs: Packs) -> Iterator[Any]:
    """Run one act over one partition in order: take each input, wake what is due on Ticks, change packs on Swaps.

    A state that has nothing left to remember is dropped.
    """
    pack = in_force(packs, states.clock.digest)
    for given in inputs:
        if isinstance(given, Swap):
            pack, states.clock.digest = in_force(packs, given.digest), given.digest
        elif isinstance(given, Tick):
            if (mark := states.clock.move(given)) is not None:
                for key, state in states.due(mark):
                    yield from act.wait(key, state, replace(given, time=mark), pack)
                    if state == act.fresh():
                        states.drop(key)
                    else:
                        states.keep(key, state, act.due(state))
                yield Tick(states.log, mark, given.depth + act.deeper)
        else:
            key = act.key(given)
            state = states.get(key) or act.fresh()
            yield from act.take(given, state, pack)
            states.keep(key, state, act.due(state), given.time)


def in_force(packs: Packs, digest: str) -> Pack:
    """Give the pack with this digest; one that is not here is an Outage, not a guess."""
    if digest not in packs:
        raise Outage(f"no pack with the digest {digest[:12]} is here")
    return packs[digest]
