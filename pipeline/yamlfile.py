"""Read YAML content with the line of every mapping, every fault at its place."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import ContentError, Problem

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # libyaml is missing: the same meaning, slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


class Located(dict[Any, Any]):
    """A mapping that knows the line (from 1) it starts at and the line of each of its keys."""

    line: int = 1
    lines: dict[Any, int]

    def at(self, key: Any) -> int:
        """Give the line of a key, else that of the mapping."""
        return self.lines.get(key, self.line)


class _LocatedLoader(_Loader):
    pass


def _mapping(loader: _LocatedLoader, node: yaml.MappingNode) -> Located:
    loader.flatten_mapping(node)
    found = Located()
    found.line, found.lines = node.start_mark.line + 1, {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(
                None, None, "a key must be a plain value", key_node.start_mark
            )
        if key in found:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} stands here twice", key_node.start_mark
            )
        found.lines[key] = key_node.start_mark.line + 1
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_LocatedLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load_documents(path: Path) -> list[Any]:
    """Give all documents of a YAML file, mappings as Located; raise ContentError with the line of the first fault.

    Dates stay dates, as YAML 1.1 says. Empty documents are left out.
    """
    try:
        text = path.read_text("utf-8")
        return [found for found in yaml.load_all(text, _LocatedLoader) if found is not None]
    except OSError as error:
        raise ContentError(
            [Problem(str(path), 1, f"cannot be read: {error.strerror}", "check path and rights")]
        ) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ContentError([Problem(str(path), line, "is not UTF-8", "save it as UTF-8")]) from error
    except RecursionError as error:
        raise ContentError([Problem(str(path), 1, "is nested too deeply", "flatten it")]) from error
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        fault = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else 1
        raise ContentError(
            [Problem(str(path), line, f"is not YAML: {fault}", "correct the syntax at this line")]
        ) from error


def load_document(path: Path) -> Any:
    """Give the only document of a YAML file; an empty file gives an empty mapping."""
    found = load_documents(path)
    if len(found) > 1:
        raise ContentError(
            [Problem(str(path), 1, "holds more than one document", "leave one document in this file")]
        )
    return found[0] if found else Located()
