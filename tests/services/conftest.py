"""Real services, one of each for all tests that ask for it.

Mark a file with `pytestmark = pytest.mark.xdist_group("services")`, so that one worker runs them all.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from pipeline.local.broker import Broker
from pipeline.local.node import Node
from tests.services.offers import contained_broker, contained_node, offered, started

QUICK = ("-XX:TieredStopAtLevel=1",)
"""For servers that live for a few seconds: half the work at the start, for half the speed later."""


def pytest_configure(config: pytest.Config) -> None:
    """Know the mark of pytest-xdist without it, too."""
    config.addinivalue_line("markers", "xdist_group(name): tests that one worker runs")


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """Give a folder that a server under another user can reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="shadowgraph-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def broker(scratch: Path) -> Iterator[str]:
    """Give the address of a Kafka broker: host:port."""
    own = Broker(scratch / "broker", java_options=QUICK, leashed=True)
    place = offered(
        "SHADOWGRAPH_TEST_KAFKA",
        contained=contained_broker,
        local=lambda: started(own, lambda: own.address),
    )
    with place as address:
        yield address


@pytest.fixture(scope="session")
def node(scratch: Path) -> Iterator[str]:
    """Give the URL of an Elasticsearch 8.19 without security."""
    with _node("8.19.9", "SHADOWGRAPH_TEST_ELASTIC", scratch) as url:
        yield url


@pytest.fixture(scope="session")
def node9(scratch: Path) -> Iterator[str]:
    """Give the URL of an Elasticsearch 9.2 without security."""
    with _node("9.2.0", "SHADOWGRAPH_TEST_ELASTIC9", scratch) as url:
        yield url


def _node(version: str, variable: str, scratch: Path) -> AbstractContextManager[str]:
    own = Node(scratch / f"node-{version}", version, java_options=QUICK, leashed=True)
    return offered(
        variable,
        contained=partial(contained_node, version),
        local=lambda: started(own, lambda: own.url),
    )


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    """Give the beginning of names of topics and indices that no other test uses."""
    return f"t{zlib.crc32(request.node.nodeid.encode()):08x}-"
