"""Real Kafka, workers, real Elasticsearch, a query: what the SOC sees is what the embedded way finds."""

import json
import shutil
import time
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from pipeline.edges.elastic.names import Names
from tests.services.way import ROOT, calm, command, drained, in_order, plain, produce, settings, start, worker

pytestmark = pytest.mark.xdist_group("services")

DAY = Path("pipeline", "simulate", "day")


@pytest.fixture(params=["node", "node9"])
def url(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def day(tmp_path):
    """Give the lines of the recorded day, and what the embedded way makes of them."""
    shutil.copytree(ROOT / DAY, tmp_path / "raw", ignore=shutil.ignore_patterns("*.yaml", "*.md"))
    lines = [line.rstrip(b"\n") for line in in_order(tmp_path / "raw")]
    (tmp_path / "all.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return lines, calm(tmp_path / "all.jsonl")


def laid_out(tmp_path, broker, prefix, url):
    config, name = settings(tmp_path, broker, prefix), prefix.replace("-", "_")
    with config.open("a") as written:
        written.write(f"[elastic]\nurl = '{url}'\nprefix = '{name}'\n")
    command("setup", "kafka", "-c", config)
    command("setup", "elastic", "--url", url, "--prefix", name)
    return config, Names(name)


def documents(client, index):
    client.indices.refresh(index=index)
    hits = client.search(index=index, size=10_000)["hits"]["hits"]
    return {hit["_id"]: plain(hit["_source"]) for hit in hits}


def seen(url, names):
    with Elasticsearch(url) as client:
        return {
            "scored": documents(client, names.events),
            "alerts": documents(client, names.state),
            "standing": documents(client, names.standings),
        }


def test_the_soc_sees_what_the_embedded_way_finds(tmp_path, broker, prefix, url, day):
    lines, wanted = day
    config, names = laid_out(tmp_path, broker, prefix, url)
    produce(broker, f"{prefix}ai.raw.auto", lines)

    with worker(config, log=tmp_path / "worker.log"):
        drained(config)

    assert len(wanted["alerts"]) > 3
    assert seen(url, names) == json.loads(json.dumps(wanted))


def test_a_killed_index_worker_leaves_nothing_out_and_nothing_twice(tmp_path, broker, prefix, node, day):
    lines, wanted = day
    config, names = laid_out(tmp_path, broker, prefix, node)
    produce(broker, f"{prefix}ai.raw.auto", lines)
    log = tmp_path / "worker.log"

    with worker(config, "understand", "suspect", "decide", log=log):
        for pause in (3.0, 4.5):
            victim = start(config, "index", log=log)
            time.sleep(pause)
            victim.kill()
            victim.wait()
        with worker(config, "index", log=log):
            drained(config)

    assert seen(node, names) == json.loads(json.dumps(wanted))
