from pathlib import Path

import pytest

from pipeline.errors import Outage
from pipeline.local import day
from pipeline.local.worker import is_well
from pipeline.settings import load_settings
from pipeline.simulate.surfaces import FILES
from pipeline.understand.sources import source_named


def test_every_log_of_the_simulator_has_a_source_that_is_read() -> None:
    assert set(day.SOURCES) == set(FILES)
    assert all(source_named(source) for source in day.SOURCES.values())


def test_the_settings_it_writes_are_settings(tmp_path: Path) -> None:
    path = day.write_settings(tmp_path, "127.0.0.1:9092", health=6066, elastic="http://127.0.0.1:9200")
    given = load_settings({"SHADOWGRAPH_SETTINGS": str(path)})

    assert given.kafka.brokers == ("127.0.0.1:9092",)
    assert dict(given.kafka.raw) == dict.fromkeys(day.SOURCES.values(), 1)
    assert given.elastic.url == "http://127.0.0.1:9200"


def test_each_log_is_sent_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str | Path, ...]] = []
    monkeypatch.setattr(day, "call", lambda *words: calls.append(words))
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "otel.jsonl").touch()
    settings = tmp_path / "settings.toml"

    assert [day.loaded(tmp_path, settings), day.loaded(tmp_path, settings)] == [1, 0]
    sent = ("produce", tmp_path / "raw" / "otel.jsonl", "--source", "otel_genai", "--end", "-c", settings)
    assert calls == [sent]


def test_logs_that_were_sent_before_one_failed_are_not_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["mcp.jsonl", "okta.jsonl", "otel.jsonl"]
    tried: list[str] = []
    failing = {"okta.jsonl"}

    def call(*words: str | Path) -> None:
        tried.append(Path(words[1]).name)
        if tried[-1] in failing:
            raise Outage

    monkeypatch.setattr(day, "call", call)
    (tmp_path / "raw").mkdir()
    for name in names:
        (tmp_path / "raw" / name).touch()
    with pytest.raises(Outage):
        day.loaded(tmp_path, tmp_path / "settings.toml")
    failing.clear()

    assert day.loaded(tmp_path, tmp_path / "settings.toml") == 2
    assert tried == ["mcp.jsonl", "okta.jsonl", "okta.jsonl", "otel.jsonl"]


def test_a_simulation_that_fails_in_the_middle_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [Outage(), None]

    def call(*words: str | Path) -> None:
        raw, company = Path(words[2]), Path(words[4])
        raw.mkdir(parents=True)
        company.mkdir(parents=True)
        if error := left.pop(0):
            raise error
        (raw / "otel.jsonl").touch()
        (raw.parent / "raw.truth.jsonl").touch()

    monkeypatch.setattr(day, "call", call)
    with pytest.raises(Outage):
        day.simulated(tmp_path)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "half.jsonl").touch()

    assert {day.simulated(tmp_path) for _ in range(2)} == {tmp_path / "company"}
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "company",
        "raw",
        "raw.truth.jsonl",
        "raw/otel.jsonl",
    ]


def test_a_step_that_fails_says_its_last_words() -> None:
    with pytest.raises(Outage, match=r"shadowgraph nonsense failed: .*No such command"):
        day.call("nonsense")


def test_nobody_is_well_at_a_port_without_a_worker() -> None:
    assert not is_well(9)
