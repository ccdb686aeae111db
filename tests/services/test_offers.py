from __future__ import annotations

from contextlib import AbstractContextManager

import pytest

from pipeline.errors import Outage
from tests.services.offers import REQUIRED, offered, started


class Absent(AbstractContextManager[None]):
    def __enter__(self) -> None:
        raise Outage("there is no Java")

    def __exit__(self, *_: object) -> None: ...


def _never() -> AbstractContextManager[str]:
    raise AssertionError("nothing is to be started")


def test_an_endpoint_that_the_environment_names_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHADOWGRAPH_TEST_KAFKA", "kafka.example:9092")
    with offered("SHADOWGRAPH_TEST_KAFKA", contained=_never, local=_never) as address:
        assert address == "kafka.example:9092"


def test_a_service_that_cannot_be_had_skips_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match="NO SERVICE: there is no Java"), started(Absent(), str):
        pass


def test_a_service_that_is_required_and_cannot_be_had_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="NO SERVICE: there is no Java"), started(Absent(), str):
        pass
