import builtins

import orjson
import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.suspect.scorecard import SHIPPED
from pipeline.train.scorecard_rows import Row, row_lines


def called(*words):
    return CliRunner().invoke(main, ["train", "scorecard", *map(str, words)])


def test_the_shipped_weights_come_out_again(tmp_path):
    found = called("--to", tmp_path / "mine.json", "--json")
    told = orjson.loads(found.stdout)
    assert found.exit_code == 0
    assert told["shipped"] is True
    assert (tmp_path / "mine.json").read_bytes() == SHIPPED.read_bytes()


def test_figures_write_no_weights_but_a_picture(tmp_path):
    found = called("--figures", "--curve", tmp_path / "curve.svg", "--to", tmp_path / "mine.json")
    assert found.exit_code == 0
    assert "exfiltration EXF" in found.stdout
    assert "Brier score" in found.stdout
    assert (tmp_path / "curve.svg").read_bytes().startswith(b"<svg")
    assert not (tmp_path / "mine.json").exists()
    assert orjson.loads(called("--figures", "--json").stdout)["brier"] > 0


def test_one_label_is_refused_in_words(tmp_path):
    (tmp_path / "rows.jsonl").write_bytes(
        row_lines([Row(label="benign", family="day", fold=n) for n in (0, 1)])
    )
    found = called("--data", tmp_path / "rows.jsonl")
    assert found.exit_code == 2
    assert "holds no events with the label exfiltration" in found.stderr
    assert "Traceback" not in found.stderr


def test_gathering_asks_where_to(tmp_path):
    found = called("--gather", "2", "--to", tmp_path / "mine.json")
    assert found.exit_code == 2
    assert "name a file" in found.stderr


def test_without_scikit_learn_there_are_words(monkeypatch, tmp_path):
    real = builtins.__import__

    def without(name, *given, **more):
        if name == "pipeline.train.scorecard":
            raise ModuleNotFoundError("no", name="sklearn")
        return real(name, *given, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    found = called("--to", tmp_path / "mine.json")
    assert found.exit_code != 0
    assert "its extra `train`" in found.stderr
    assert not (tmp_path / "mine.json").exists()


@pytest.mark.parametrize("words", [["--gather", "1"], ["--curve", "/"]])
def test_wrong_options_are_refused(words):
    assert called(*words).exit_code == 2
