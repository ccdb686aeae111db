"""A broker of our own, which tests may stop, and which compacts all the time: `make test-faults`, never `make test`."""

import tempfile
from pathlib import Path

import pytest

from pipeline.local.broker import Broker
from tests.services.offers import started

EAGER = {"log.roll.ms": "3000", "log.cleaner.backoff.ms": "500"}
"""Files of logs are closed after 3 s, and what is closed is compacted."""


@pytest.fixture(scope="session")
def own():
    with tempfile.TemporaryDirectory(prefix="shadowgraph-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        broker = Broker(Path(folder), settings=EAGER, leashed=True)
        with started(broker, lambda: broker.address):
            yield broker


@pytest.fixture
def broker(own):
    return own.address


@pytest.fixture
def prefix(request):
    return f"{request.node.originalname.removeprefix('test_')[:20]}-"
