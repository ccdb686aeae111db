import orjson
import pytest
from click.testing import CliRunner

from enrichers.phrases import model
from pipeline.cli import main
from tests.train import made


def called(*words):
    return CliRunner().invoke(main, ["train", "intent", *map(str, words)])


@pytest.fixture
def data(tmp_path):
    return made.written(tmp_path / "texts.jsonl", made.rows())


def test_weights_go_where_they_are_wanted(data, tmp_path):
    found = called("--data", data, "--to", tmp_path / "mine.json")
    assert found.exit_code == 0
    assert found.stdout == f"wrote {tmp_path / 'mine.json'}: 6 phrases, not the shipped weights\n"
    assert model.read_model(tmp_path / "mine.json").phrases["ignore all"] > 0


def test_the_shipped_weights_are_known_again(data, tmp_path, monkeypatch):
    monkeypatch.setattr(model, "SHIPPED", tmp_path / "first.json")
    called("--data", data, "--to", tmp_path / "first.json")
    found = called("--data", data, "--to", tmp_path / "second.json", "--json")
    assert orjson.loads(found.stdout) == {
        "file": str(tmp_path / "second.json"),
        "phrases": 6,
        "shipped": True,
    }
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()


def test_figures_write_nothing_and_tell_every_source(data, tmp_path):
    found = called("--data", data, "--figures", "--pieced", "notes", "--to", tmp_path / "mine.json")
    assert found.exit_code == 0
    assert [line.split()[0] for line in found.stdout.splitlines()] == [
        "source",
        "letters",
        "notes",
        "pages",
        "talks",
    ]
    assert not (tmp_path / "mine.json").exists()
    told = called("--data", data, "--figures", "--json").stdout
    assert {row["source"] for row in map(orjson.loads, told.splitlines())} == {
        "letters",
        "notes",
        "pages",
        "talks",
    }


def test_a_wrong_file_ends_with_its_place(tmp_path, data):
    data.write_text('{"text": "PRIVATE", "label": "spam", "source": "notes"}\n', "utf-8")
    found = called("--data", data, "--to", tmp_path / "mine.json")
    assert found.exit_code == 2
    assert f"{data}:1: has an unknown label" in found.stderr
    assert "PRIVATE" not in found.stderr
    assert not (tmp_path / "mine.json").exists()


def test_a_missing_file_and_a_strange_source_are_told(tmp_path, data):
    missing = called("--data", tmp_path / "none.jsonl")
    assert (missing.exit_code, "none.jsonl:1: cannot be read" in missing.stderr) == (2, True)
    strange = called("--data", data, "--figures", "--pieced", "nobody")
    assert (strange.exit_code, "no text is of the source nobody" in strange.stderr) == (2, True)


def test_a_place_that_cannot_be_written_is_told(data, tmp_path):
    found = called("--data", data, "--to", tmp_path / "none" / "mine.json")
    assert found.exit_code == 2
    assert "none" in found.stderr
