"""Records as a broker gives them, and small holders to take them."""

from dataclasses import dataclass

from pipeline.edges.kafka.judging import DECIDES, SUSPECTS, Judging
from pipeline.edges.kafka.routes import Routes
from pipeline.edges.kafka.understanding import Understanding
from tests.packs import pack, rule

COUNTS = {"ai.events": 2, "ai.scored": 2, "ai.signals": 2, "ai.alerts": 2, "ai.standing": 2}
COUNTS |= {"ai.verdicts": 2, "ai.deadletter": 1, "ai.positions": 1, "ai.memory": 2, "ai.dockets": 2}
ROUTES = Routes("p-", COUNTS)
PACK = pack(rule("loud"))
PACKS = {PACK.digest: PACK}
RAW = ("p-ai.raw.normalised-0",)


@dataclass
class Fetched:
    offset: int
    value: bytes | None
    key: bytes | None = None
    timestamp: int = 1_772_600_000_000
    headers: tuple = ()


def understanding(saved=None, packs=PACKS, **more):
    from enrichers.reference import load_reference

    reference = load_reference()
    options = {"begin": lambda _: PACK.digest, "routes": ROUTES, "lateness": 60.0} | more
    return Understanding(
        RAW[0], "normalised", saved=saved or {}, packs=packs, reference=lambda: reference, **options
    )


def judging(act="suspect", saved=None, packs=PACKS):
    seat = {"suspect": SUSPECTS, "decide": DECIDES}[act]
    return Judging(
        seat, 0, saved=saved or {}, packs=packs, begin=lambda _: PACK.digest, routes=ROUTES, raw=RAW
    )


def saved_of(rows, topic):
    """Give what a changelog holds after these rows."""
    kept = {}
    for row in rows:
        if row.topic == topic:
            kept[row.key] = row.value
    return {key: value for key, value in kept.items() if value is not None}
