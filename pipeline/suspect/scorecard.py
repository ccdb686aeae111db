"""How likely an event is an exfiltration: points for features, added up; each point can be read, none counts against.

The weights are JSON with a version and a digest, so that no file of another kind or hand is believed.
"""

from __future__ import annotations

from hashlib import sha256
from math import exp, log
from pathlib import Path
from typing import Annotated, Any

import msgspec
import orjson
from msgspec import Meta, Struct

from pipeline.errors import ContentError, Problem
from pipeline.event import Fields, Reason
from pipeline.risk import Risk, assess
from pipeline.suspect.features import BY_NAME, FEATURES, features, scored, told

VERSION = 1
"""Of the form of the file and of the table of features; a file of another one means something else."""
NAME = Path("models", "scorecard.json")
"""Its place among the detections."""
SHIPPED = Path(__file__).parents[2] / "detections" / NAME
SPEAKS = 0.5
"""The probability from which on there is a reason."""
WORTH = 0.35
"""The doubt that certainty would raise: with every context against it, it stays below level high."""
LOUD = ("high", "critical")
"""Levels that a risk never reaches through the scorecard."""
LARGEST = 1 << 16
"""Bytes of a file of weights."""

_BAR = log(SPEAKS / (1 - SPEAKS)) * 100
_AGAIN = "train it anew: shadowgraph train scorecard"
Points = Annotated[int, Meta(ge=0, le=2000)]
Count = Annotated[int, Meta(ge=0)]


class Scorecard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points in hundredths of log odds: those of none (`bias`), and those of each step of each feature, summed up.

    `calibration` is the slope and the shift that are in them already; `events` are those it learned from.
    """

    version: int
    digest: str
    events: dict[str, Count]
    calibration: tuple[float, float]
    bias: Annotated[int, Meta(ge=-2000, le=2000)]
    points: dict[str, list[Points]]


def weigh(fields: Fields, scorecard: Scorecard) -> Reason | None:
    """Give the reason to take a judged event for an exfiltration; None where that is less likely than `SPEAKS`."""
    if not scored(fields):
        return None
    total, points = scorecard.bias, scorecard.points
    found = features(fields)
    for feature, step, _ in found:
        total += points[feature.name][step - 1]
    if total < _BAR:
        return None
    likely = _share(total)
    counted = sorted(
        ((points[feature.name][step - 1], told(feature, step, value)) for feature, step, value in found),
        key=lambda point: -point[0],
    )
    sentences = "; ".join(f"{words}: {worth / 100:+.1f}" for worth, words in counted if worth)
    values = {feature.field: value for feature, step, value in found if points[feature.name][step - 1]}
    sentence = f"{min(99.0, 100 * likely):.0f} % likely an exfiltration: {sentences}"
    return Reason("model", "scorecard", sentence, round(WORTH * likely, 2), values)


def with_model(said: list[Reason], likely: Reason | None, fields: Fields) -> tuple[list[Reason], Risk]:
    """Assess reasons together with the scorecard's, unless it alone would lift the risk to level high or above."""
    if likely is None:
        return said, assess(said, fields)
    both = [*said, likely]
    risk = assess(both, fields)
    if risk.level in LOUD and said and (without := assess(said, fields)).level != risk.level:
        return said, without
    return both, risk


def probability(fields: Fields, scorecard: Scorecard) -> float:
    """Give how likely a judged event is an exfiltration, 0 to 1; 0 for what cannot be one."""
    if not scored(fields):
        return 0.0
    return _share(
        scorecard.bias + sum(scorecard.points[one.name][step - 1] for one, step, _ in features(fields))
    )


def written(
    events: dict[str, int], calibration: tuple[float, float], bias: int, points: dict[str, list[int]]
) -> bytes:
    """Write a scorecard: one form for the same weights."""
    body = {
        "version": VERSION,
        "events": events,
        "calibration": calibration,
        "bias": bias,
        "points": points,
    }
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps({**body, "digest": _digest(body)}, option=options)


def read_scorecard(path: Path) -> Scorecard:
    """Read a scorecard; raise ContentError for what is missing, of another version, edited by hand, or none at all."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}", "check path and rights") from error
    if len(data) > LARGEST:
        raise _refused(path, "is larger than any scorecard: 64 KiB", _AGAIN)
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise _refused(path, "is not JSON", _AGAIN, line=error.lineno) from error
    if not isinstance(found, dict):
        raise _refused(path, "is no scorecard", _AGAIN)
    if found.get("version") != VERSION:
        raise _refused(path, f"is not of version {VERSION}, the only one that is understood here", _AGAIN)
    if found.get("digest") != _digest({key: found[key] for key in found if key != "digest"}):
        raise _refused(path, "does not match its own digest: it was edited or cut off", _AGAIN)
    return _checked(path, found)


def _checked(path: Path, found: dict[str, Any]) -> Scorecard:
    try:
        scorecard = msgspec.convert(found, Scorecard)
    except msgspec.ValidationError as error:
        raise _refused(path, f"is no scorecard: {error}", _AGAIN) from error
    if scorecard.points.keys() != BY_NAME.keys():
        raise _refused(path, "does not weigh the features that are read here", _AGAIN)
    for feature in FEATURES:
        worth = scorecard.points[feature.name]
        if len(worth) != feature.steps or worth != sorted(worth):
            raise _refused(path, f"does not climb the {feature.steps} steps of {feature.name}", _AGAIN)
    return scorecard


def _share(points: float) -> float:
    return 1 / (1 + exp(-points / 100))


def _digest(body: object) -> str:
    return sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _refused(path: Path, fault: str, remedy: str, line: int = 1) -> ContentError:
    return ContentError([Problem(str(path), line, fault, remedy)])
