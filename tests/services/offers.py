"""Where a service for tests comes from: the environment, else containers, else artifacts of our own, else nowhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial

import pytest

from pipeline.errors import Outage
from pipeline.local.broker import SETTINGS, answers
from pipeline.local.node import is_up
from pipeline.local.ports import free_ports

REQUIRED = "SHADOWGRAPH_REQUIRE_SERVICES"
PATIENCE = 120

Place = Callable[[], AbstractContextManager[str]]


@contextmanager
def offered(variable: str, *, contained: Place, local: Place) -> Iterator[str]:
    """Give the endpoint of a service while it is needed; skip the test, or fail it, where there is none."""
    given = os.environ.get(variable)
    if given:
        yield given
        return
    place = contained if has_docker() else local
    with place() as endpoint:
        yield endpoint


@contextmanager
def started(server: AbstractContextManager[object], endpoint: Callable[[], str]) -> Iterator[str]:
    """Run a server of our own."""
    try:
        server.__enter__()
    except Outage as error:
        missing(str(error))
    try:
        yield endpoint()
    finally:
        server.__exit__(None, None, None)


def missing(reason: str) -> None:
    """Say that there is no service: a skip, or a failure where services are required."""
    told = f"NO SERVICE: {reason}"
    if os.environ.get(REQUIRED):
        pytest.fail(told, pytrace=False)
    pytest.skip(told)


@cache
def has_docker() -> bool:
    """Say whether an engine of containers really answers."""
    command = shutil.which("docker")
    if command is None:
        return False
    question = [command, "version", "--format", "{{.Server.Version}}"]
    try:
        return subprocess.run(question, capture_output=True, timeout=20, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


@contextmanager
def contained_broker() -> Iterator[str]:
    """Run the broker in a container, told the same as one of our own."""
    from testcontainers.core.container import DockerContainer

    (port,) = free_ports(1)
    told = {
        **SETTINGS,
        "listeners": f"PLAINTEXT://:{port},CONTROLLER://:9093",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.quorum.voters": "1@localhost:9093",
    }
    container = DockerContainer("apache/kafka:4.1.1").with_bind_ports(port, port)
    for name, value in told.items():
        container.with_env("KAFKA_" + name.upper().replace(".", "_"), value)
    with container:
        _wait(partial(answers, port))
        yield f"127.0.0.1:{port}"


@contextmanager
def contained_node(version: str) -> Iterator[str]:
    """Run a node in a container, without security."""
    from testcontainers.core.container import DockerContainer

    container = DockerContainer(f"elasticsearch:{version}").with_exposed_ports(9200)
    told = {
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
    }
    for name, value in told.items():
        container.with_env(name, value)
    with container:
        host, port = container.get_container_host_ip(), int(container.get_exposed_port(9200))
        _wait(partial(is_up, f"http://{host}:{port}"))
        yield f"http://{host}:{port}"


def _wait(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            pytest.fail(f"the container did not answer in {PATIENCE} s", pytrace=False)
        time.sleep(0.2)
