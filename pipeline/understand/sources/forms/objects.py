"""Objects inside a record, in whatever an export made of them, and the states that rows of inventories report."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson

from pipeline.errors import BadRecord
from pipeline.event import Fields
from pipeline.understand.sources.forms.values import loaded, text


def objects(value: Any) -> list[Fields]:
    """Give the objects of a list; also of one in a JSON text, of one flattened to `{"0": ...}`, and of an object that stands alone."""
    found = loaded(value) if type(value) is str else value
    if type(found) is dict:
        found = [*found.values()] if found and all(key.isdecimal() for key in found) else [found]
    return [one for one in found if type(one) is dict] if type(found) is list else []


def inside(value: Fields, key: str) -> Fields:
    """Give the object under a key, also one in a JSON text; an empty one where there is none."""
    found = value.get(key)
    if type(found) is str:
        found = loaded(found)
    return found if type(found) is dict else {}


def state(row: Fields, identity: Any, since: Any) -> str:
    """Name the state that a row of an inventory reports: by its own id and the time of that state, without a time by its content."""
    own, time = text(identity), text(since)
    if own and time:
        return f"{own}:{time}"
    try:
        content = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise BadRecord("JSON nested deeper than 254 levels") from None
    return f"{own}:{sha256(content).hexdigest()}"
