"""`shadowgraph worker`: the acts over Kafka, until somebody stops them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from pipeline.cli.common import DATA, content, example
from pipeline.cli.reached import CONFIG, configured

ACTS = ("understand", "suspect", "decide", "index")

HELP = example(
    "worker -c settings.toml",
    "worker understand suspect -c settings.toml",
    "worker decide -c settings.toml --data company/",
)


@click.command(epilog=HELP)
@click.argument("acts", metavar="[ACT]...", nargs=-1, type=click.Choice(ACTS))
@CONFIG
@DATA
def worker(acts: tuple[str, ...], config: Path | None, data: Path | None) -> int:
    """Run acts over Kafka: all of understand, suspect, decide and index, or those named.

    Any number of workers share the partitions. `index` puts events, alerts and standings into the Elasticsearch of the
    settings; without one it is left out.

    Ctrl-C or SIGTERM ends it within seconds; killed in any other way, it leaves no trace. Logs are lines of JSON on
    stderr; health and metrics are served where the settings say.
    """
    given = configured(config)
    if not given.kafka.brokers or not given.kafka.raw:
        raise click.UsageError("the settings name no kafka.brokers, or no sources under kafka.raw")
    if "index" in acts and not given.elastic.url:
        raise click.UsageError("the settings name no elastic.url for the act index")
    chosen = acts or tuple(act for act in ACTS if act != "index" or given.elastic.url)
    judged = content(data, given)
    try:
        from pipeline.edges.kafka.logs import configure
        from pipeline.edges.kafka.worker import work
    except ModuleNotFoundError as error:
        if error.name not in {"faust", "aiokafka", "aiohttp", "prometheus_client", "yarl", "mode"}:
            raise
        raise click.ClickException(
            "faust is not installed: install shadowgraph with its extra `kafka`"
        ) from error
    configure(given.worker.log_level)
    if fault := asyncio.run(work(chosen, given, judged, data)):
        raise fault
    return 0
