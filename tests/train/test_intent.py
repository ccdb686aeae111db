import hashlib
import os
import subprocess
import sys

import pytest

from enrichers.phrases.model import read_model
from pipeline.errors import ContentError
from pipeline.train import figures as measure
from pipeline.train.figures import PIECES, figures
from pipeline.train.intent import FAINTEST, Learned, cut, file_of, learn, points
from pipeline.train.select import NEVER, select
from pipeline.train.texts import MOST_FAULTS, read_texts
from tests.train import made

BYTES = "350dbb4af7ce885491284369b64a2b94db5f6e7843f3a952d0c8c16dd2ba27ff"
"""Of the weights that the made-up texts teach, on every machine."""


@pytest.fixture
def texts(tmp_path):
    return read_texts(made.written(tmp_path / "texts.jsonl", made.rows()))


def faults(path):
    with pytest.raises(ContentError) as caught:
        read_texts(path)
    return [(problem.path, problem.line, problem.fault) for problem in caught.value.problems]


def test_the_same_texts_give_the_same_bytes_everywhere(texts):
    cuts = cut(texts)
    assert hashlib.sha256(file_of(cuts, learn(cuts))).hexdigest() == BYTES


@pytest.mark.parametrize("seed", ["1", "77"])
def test_the_order_of_hashes_changes_nothing(tmp_path, seed):
    data = made.written(tmp_path / "texts.jsonl", made.rows())
    program = "from pipeline.cli import main; main()"
    words = ["train", "intent", "--data", str(data), "--to", str(tmp_path / "weights.json")]
    subprocess.run(
        [sys.executable, "-c", program, *words], env={**os.environ, "PYTHONHASHSEED": seed}, check=True
    )
    assert hashlib.sha256((tmp_path / "weights.json").read_bytes()).hexdigest() == BYTES


def test_what_was_written_can_be_read(texts, tmp_path):
    cuts = cut(texts)
    (tmp_path / "weights.json").write_bytes(file_of(cuts, learn(cuts)))
    model = read_model(tmp_path / "weights.json")
    assert model.texts == {"harmful": 16, "harmless": 16}
    assert all(abs(weight) >= FAINTEST for weight in model.phrases.values())


def test_orders_weigh_more_than_wishes(texts):
    cuts = cut(texts)
    learned = learn(cuts)
    assert learned.phrases["ignore all previous"] > 0
    assert min(points(learned, one) for one in cuts if one.harmful) > 0
    assert max(points(learned, one) for one in cuts if not one.harmful) < 0


def test_a_phrase_of_one_source_alone_teaches_nothing(texts):
    assert "at once" not in select(cut(texts))
    assert "all previous rules" in select(cut(texts))


def test_a_word_that_harmless_texts_lack_is_in_no_phrase(tmp_path):
    changed = [{**row, "text": row["text"].replace("rules", "zebras")} for row in made.rows()[:16]]
    found = read_texts(made.written(tmp_path / "texts.jsonl", changed + made.rows()[16:]))
    assert not any("zebras" in phrase for phrase in select(cut(found)))


def test_names_numbers_and_pieces_of_words_are_in_no_phrase(tmp_path):
    strange = ["john", "2023", "x"]
    changed = [{**row, "text": f"{row['text']} {' '.join(strange)}"} for row in made.rows()]
    found = select(cut(read_texts(made.written(tmp_path / "texts.jsonl", changed))))
    assert "john" in NEVER
    assert not [phrase for phrase in found if set(strange) & set(phrase.split())]


def test_figures_are_told_of_every_source(texts):
    found = figures(texts, cut(texts), pieced=frozenset({"letters"}))
    assert [(one.source, one.harmful, one.texts) for one in found] == [
        ("letters", False, 8),
        ("notes", False, 8),
        ("pages", True, 8),
        ("talks", True, 8),
    ]
    assert {one.flagged[0] for one in found if one.harmful} == {8}
    assert all(one.flagged == (0, 0) for one in found if not one.harmful)


def test_no_text_is_judged_by_what_it_taught_itself(texts, monkeypatch):
    cuts, taught = cut(texts), []
    monkeypatch.setattr(measure, "learn", lambda cuts: taught.append(cuts) or Learned(0, {"so": 9}))
    figures(texts, cuts, pieced=frozenset({"letters"}))
    left_out = [[one for one in cuts if one not in rest] for rest in taught]
    assert [({one.source for one in held}, len(held)) for held in left_out] == [
        *[({"letters"}, 8 // PIECES)] * PIECES,
        ({"notes"}, 8),
        ({"pages"}, 8),
        ({"talks"}, 8),
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "is not JSON"),
        ('"text"', "is no JSON object"),
        ('{"label": "benign", "source": "notes"}', "has no text under the key text"),
        ('{"text": "so", "label": 1, "source": "notes"}', "has no text under the key label"),
        ('{"text": "so", "label": "benign", "source": ""}', "has no text under the key source"),
        ('{"text": "so", "label": "spam", "source": "notes"}', "has an unknown label"),
        (f'{{"text": "{"a" * (1 << 20)}"}}', "is longer than 1 MiB"),
    ],
)
def test_a_broken_line_is_named(tmp_path, line, fault):
    path = made.written(tmp_path / "texts.jsonl", made.rows())
    path.write_text(path.read_text("utf-8") + "\n" + line, "utf-8")
    assert faults(path) == [(str(path), 34, fault)]


def test_faults_are_told_together_but_not_without_end(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_text("{\n" * 1000, "utf-8")
    assert [line for _, line, _ in faults(path)] == [*range(1, MOST_FAULTS + 1)]


@pytest.mark.parametrize(
    ("kept", "fault"),
    [
        (lambda row: not row, "holds no texts"),
        (lambda row: row["label"] == "benign", "holds no harmful texts"),
        (lambda row: row["label"] != "benign", "holds no harmless texts"),
        (lambda row: row["source"] != "talks", "holds harmful texts of 1 sources"),
    ],
)
def test_what_teaches_nothing_is_refused(tmp_path, kept, fault):
    path = made.written(tmp_path / "texts.jsonl", [row for row in made.rows() if kept(row)])
    assert faults(path) == [(str(path), 1, fault)]


def test_a_missing_file_is_named(tmp_path):
    assert faults(tmp_path / "none.jsonl") == [
        (str(tmp_path / "none.jsonl"), 1, "cannot be read: No such file or directory")
    ]
