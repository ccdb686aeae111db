"""How the commands that need Kafka come to it: their settings, and a connection whose faults are words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipeline.edges.admin.nouns import Cluster
    from pipeline.settings import Kafka, Settings

CONFIG = click.option(
    "-c",
    "--settings",
    "config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Settings, a TOML file; that of SHADOWGRAPH_SETTINGS unless given.",
)


def configured(config: Path | None) -> Settings:
    """Give the settings of a file, or else those of the environment."""
    from pipeline.settings import load_settings

    return load_settings(os.environ | ({"SHADOWGRAPH_SETTINGS": str(config)} if config else {}))


@contextmanager
def reached(kafka: Kafka) -> Iterator[Cluster]:
    """Connect to the cluster of these settings."""
    from pipeline.errors import Outage

    try:
        from pipeline.edges.admin.cluster import connected
    except ModuleNotFoundError as error:
        if error.name != "kafka":
            raise
        raise Outage("kafka-python is not installed: install shadowgraph with its extra `kafka`") from error
    with connected(kafka) as cluster:
        yield cluster
