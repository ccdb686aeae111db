import os
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import orjson
import pytest

from pipeline.errors import ContentError
from pipeline.simulate.story import ATTACKS, stories
from pipeline.suspect.features import FEATURES
from pipeline.suspect.scorecard import SHIPPED, read_scorecard
from pipeline.train import scorecard as training
from pipeline.train import scorecard_gather, scorecard_rows
from pipeline.train.scorecard import calibrated, calibration, file_of, learn, taught, unseen
from pipeline.train.scorecard_curve import curve_svg
from pipeline.train.scorecard_figures import Bin, figures
from pipeline.train.scorecard_gather import OUT, gather
from pipeline.train.scorecard_rows import FOLDS, MOST_FAULTS, Row, read_rows, row_lines
from tests.simulate.simulated import SEED, day

CARD = Path(__file__).parents[2] / "docs" / "models"


def row(label, family, fold, count=1, **steps):
    return Row(label=label, family=family, fold=fold, count=count, steps=steps)


def made():
    harmless = [row("benign", "day", fold, 50) for fold in range(5)]
    looks = [row("benign", "sample", fold, 5, subjects=1, tenant=1) for fold in range(5)]
    first = [row("exfiltration", "EXF", fold, 2, data_class=2, subjects=2) for fold in range(5)]
    second = [row("exfiltration", "EVA", fold, 2, data_class=2, hidden=1) for fold in range(5)]
    return [*harmless, *looks, *first, *second, row("other", "INJ", 0, 3, intent=2)]


@pytest.fixture
def place(tmp_path):
    return tmp_path / "rows.jsonl"


def faults(path):
    with pytest.raises(ContentError) as caught:
        read_rows(path)
    return [(problem.line, problem.fault) for problem in caught.value.problems]


def test_training_reproduces_the_shipped_weights_bit_by_bit():
    assert file_of(read_rows(scorecard_rows.SHIPPED)) == SHIPPED.read_bytes()


def test_the_order_of_hashes_and_of_rows_changes_nothing(tmp_path, place):
    place.write_bytes(row_lines(made()))
    program = "from pipeline.cli import main; main()"
    words = ["train", "scorecard", "--data", str(place), "--to", str(tmp_path / "mine.json")]
    subprocess.run(
        [sys.executable, "-c", program, *words], env={**os.environ, "PYTHONHASHSEED": "77"}, check=True
    )
    assert (tmp_path / "mine.json").read_bytes() == file_of(made()) == file_of(made()[::-1])


def test_what_was_learned_is_monotone_and_can_be_read(tmp_path):
    path = tmp_path / "mine.json"
    path.write_bytes(file_of(made()))
    scorecard = read_scorecard(path)
    assert scorecard.events == {"benign": 275, "exfiltration": 20}
    assert all(low <= high for steps in scorecard.points.values() for low, high in pairwise(steps))
    assert scorecard.points["data_class"][1] > 0


def test_a_feature_of_harmless_events_weighs_nothing_rather_than_against():
    learned = learn(taught(made()))
    adds = dict(zip(training.COLUMNS, learned.adds, strict=True))
    assert adds["tenant", 1] == 0.0
    assert min(learned.adds) == 0.0


def test_no_family_is_judged_by_what_it_taught_itself(monkeypatch):
    seen = []
    monkeypatch.setattr(
        training,
        "learn",
        lambda rows: seen.append(rows) or training.Learned(0.0, (0.0,) * len(training.COLUMNS)),
    )
    for held, _ in training._apart(taught(made())):
        families = {one.family for one in held if one.label == "exfiltration"}
        folds = {one.fold for one in held}
        rest = seen[-1]
        assert families.isdisjoint(one.family for one in rest if one.label == "exfiltration")
        assert folds.isdisjoint(one.fold for one in rest if one.label == "benign")


def test_every_row_that_teaches_is_judged_once():
    judged = [(one.row.label, one.row.family, one.row.fold) for one in unseen(taught(made()))]
    assert Counter(judged) == Counter((one.label, one.family, one.fold) for one in taught(made()))


def test_calibration_makes_what_was_said_true():
    judged = unseen(taught(made()))
    slope, shift = calibration(judged)
    said = sum(one.row.count * calibrated(one.odds, slope, shift) for one in judged)
    assert slope > 0
    assert said == pytest.approx(20, abs=0.5)


def test_figures_tell_every_family_and_what_rules_find():
    found = figures(
        [*made(), Row(label="exfiltration", family="EXF", fold=0, ruled=True, steps={"label": 2})]
    )
    told = {(one.label, one.family): (one.events, one.rules) for one in found.families}
    assert told["exfiltration", "EXF"] == (11, 1)
    assert told["benign", "day"] == (250, 0)
    assert told["benign", "look-alikes"] == (25, 0)
    assert told["other", "INJ"] == (3, 0)
    assert sum(part.events for part in found.curve) == 296
    assert found.brier < found.brier_base


def test_the_curve_is_a_picture_of_its_parts():
    picture = ET.fromstring(curve_svg([Bin(0, float("nan"), float("nan")), Bin(1200, 0.5, 0.25)]))
    (dot,) = picture.iter("{http://www.w3.org/2000/svg}circle")
    assert (dot.get("cx"), dot.get("cy")) == ("208.0", "288.0")
    assert "1,200 events" in "".join(dot.itertext())


def test_the_card_shows_the_figures_of_the_shipped_rows():
    found, card = figures(read_rows(scorecard_rows.SHIPPED)), (CARD / "scorecard.md").read_text("utf-8")
    assert (CARD / "scorecard.svg").read_bytes() == curve_svg(found.curve)
    for one in found.families:
        counts = (one.events, one.rules, one.scorecard, one.either)
        cells = " | ".join(f"{count:,}" for count in counts)
        assert f"| {one.label} | {one.family} | {cells} |" in card
    for score in (found.brier, found.brier_rules, found.brier_base):
        assert f"{score:.6f}" in card
    assert {feature.name for feature in FEATURES} <= set(re.findall(r"`(\w+)`", card))


def test_every_step_that_goes_out_is_an_act_of_an_attack():
    attacks = {story.name: story for story in stories(ATTACKS)}
    assert all(attacks[name].steps[step].act for name, steps in OUT.items() for step in steps)


def test_what_is_gathered_is_what_the_simulation_says(monkeypatch):
    monkeypatch.setattr(scorecard_gather, "FIRST", SEED)
    monkeypatch.setattr(scorecard_gather, "whole", lambda _company, _days: [one for one in day() if one[2]])
    out = Counter()
    for one in gather(1):
        out[one.label] += one.count
        assert one.fold == SEED % FOLDS
    assert out["exfiltration"] == sum(map(len, OUT.values()))
    assert out["benign"] > out["other"] > 0


def test_rows_come_back_as_they_were_written(place):
    place.write_bytes(row_lines(made()))
    assert read_rows(place) == made()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "is not JSON"),
        (b'"text"', "is no row: Expected `object`, got `str`"),
        (b'{"label": "spam", "family": "EXF"}', "has an unknown label"),
        (b'{"label": "benign"}', "is no row: Object missing required field `family`"),
        (
            b'{"label": "benign", "family": "day", "steps": {"colour": 1}}',
            "has a feature or a step that nobody knows",
        ),
        (
            b'{"label": "benign", "family": "day", "steps": {"subjects": 5}}',
            "has a feature or a step that nobody knows",
        ),
        (b'{"label": "benign", "family": "day", "fold": 5}', "is no row: Expected `int` <= 4 - at `$.fold`"),
        (b" " * (1 << 17) + b"x", "is longer than 64 KiB"),
    ],
)
def test_a_broken_line_is_named(place, line, fault):
    place.write_bytes(row_lines(made()[:2]) + b"\n" + line)
    assert faults(place)[0] == (4, fault)


def test_faults_are_told_together_but_not_without_end(place):
    place.write_bytes(b"{\n" * 1000)
    assert [line for line, _ in faults(place)] == [*range(1, MOST_FAULTS + 1)]


@pytest.mark.parametrize(
    ("kept", "fault"),
    [
        (lambda one: one.label == "benign", "holds no events with the label exfiltration"),
        (lambda one: one.label != "benign", "holds no events with the label benign"),
        (lambda one: one.family != "EVA", "holds exfiltrations of one family"),
        (lambda one: one.fold == 1, "holds harmless events of one fold"),
    ],
)
def test_what_teaches_nothing_is_refused(place, kept, fault):
    place.write_bytes(row_lines(filter(kept, made())))
    assert faults(place) == [(1, fault)]


def test_a_missing_file_is_named(place):
    assert faults(place) == [(1, "cannot be read: No such file or directory")]


def test_scoring_needs_no_scikit_learn():
    program = "import sys; import pipeline.flow, pipeline.content; assert not {'sklearn', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_rows_are_small():
    assert scorecard_rows.SHIPPED.stat().st_size < 1 << 20
    assert all(orjson.loads(line) for line in scorecard_rows.SHIPPED.read_bytes().splitlines())
