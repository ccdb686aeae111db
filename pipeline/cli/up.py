"""`shadowgraph up`: a local stack for trying things out, without containers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import JSON, example, write

if TYPE_CHECKING:
    from pipeline.local.stack import Part

VERSIONS = ("8.19.9", "9.2.0")
FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/local"),
    show_default=True,
    metavar="DIR",
    help="Where records, documents, pids and logs are kept.",
)

HELP = example("up", "up --elastic", "up --elastic --elastic-version 9.2.0 --json", "up --kafka-port 19092")


@click.command(epilog=HELP)
@click.option("--elastic", is_flag=True, help="Start Elasticsearch, too.")
@click.option(
    "--elastic-version",
    type=click.Choice(VERSIONS),
    default=VERSIONS[0],
    show_default=True,
    help="Which one.",
)
@click.option(
    "--kafka-port",
    type=click.IntRange(1, 65535),
    default=9092,
    show_default=True,
    help="Where Kafka listens.",
)
@click.option(
    "--elastic-port",
    type=click.IntRange(1, 65535),
    default=9200,
    show_default=True,
    help="Where Elasticsearch listens.",
)
@click.option(
    "--worker-port",
    type=click.IntRange(1, 65535),
    default=6066,
    show_default=True,
    help="Where the worker tells its health and metrics.",
)
@click.option("--bare", is_flag=True, help="Start the servers only: no topics, no worker, no day.")
@FOLDER
@JSON
def up(
    *,
    elastic: bool,
    elastic_version: str,
    kafka_port: int,
    elastic_port: int,
    worker_port: int,
    bare: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Start Kafka, and Elasticsearch if asked, with a worker on this machine, and leave them running.

    The worker judges the simulated day of a made-up company, which is sent once. All listen on 127.0.0.1 only and know no passwords: they are for trying things out. The first start fetches them with
    Maven (150 MB). What runs already is left as it is. `shadowgraph down` stops what this has started.
    """
    from pipeline.local import stack

    def parts() -> Iterator[Part]:
        yield (kafka := stack.kafka(folder, port=kafka_port))
        node = stack.elastic(folder, port=elastic_port, version=elastic_version) if elastic else None
        if node:
            yield node
        if not bare:
            yield _working(folder, kafka.kept.address, node.kept.address if node else None, port=worker_port)

    with stack.alone(folder):
        for part in parts():
            _tell(part, as_json=as_json)
    if not as_json:
        _where(folder, bare=bare, node=f"http://127.0.0.1:{elastic_port}" if elastic else None)


def _working(folder: Path, kafka: str, elastic: str | None, *, port: int) -> Part:
    """Lay everything out, keep a worker running, and give it the day."""
    from pipeline.local import day, stack

    settings = day.write_settings(folder, kafka, health=port, elastic=elastic)
    company = day.simulated(folder)
    day.call("setup", "kafka", "-c", settings)
    if elastic:
        day.call("setup", "elastic", "--url", elastic)
    part = stack.worker(folder, settings, port=port, data=company)
    day.loaded(folder, settings)
    return part


def _where(folder: Path, *, bare: bool, node: str | None) -> None:
    if not bare:
        print(f"look at it:  shadowgraph status -c {folder / 'settings.toml'}")
    if node and not bare:
        print(f"its alerts:  shadowgraph alerts list --store {node}")
    print("stop it all: shadowgraph down" + ("" if folder == Path("build/local") else f" --folder {folder}"))


def _tell(part: Part, *, as_json: bool) -> None:
    kept = part.kept
    if as_json:
        state = "started" if part.is_new else "running"
        write({"name": kept.name, "state": state, "address": kept.address, "pid": kept.pid, "log": kept.log})
    else:
        state = "started" if part.is_new else "is running already"
        print(f"{kept.name:8} {kept.address}  {state} (pid {kept.pid}, log {kept.log})")
