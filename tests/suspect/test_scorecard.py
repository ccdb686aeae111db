import hashlib
from itertools import combinations

import orjson
import pytest

from pipeline.content import load_pack, pack_files
from pipeline.errors import ContentError
from pipeline.event import Event, Reason, home_of
from pipeline.risk import CONTEXT, MOST, assess
from pipeline.settings import DEMO_KEY
from pipeline.suspect import Memory
from pipeline.suspect.features import FEATURES
from pipeline.suspect.judge import matched, speak, verdict
from pipeline.suspect.scorecard import (
    SHIPPED,
    SPEAKS,
    WORTH,
    probability,
    read_scorecard,
    weigh,
    with_model,
    written,
)
from tests.packs import pack, rule

LIKELY = Reason("model", "scorecard", "likely", WORTH)
EXPORT = {
    "event.action": "prompt",
    "ai.app.status": "tolerated",
    "ai.data.max_class": "personal",
    "ai.data.subjects": 1240,
    "ai.policy.expected": "redact",
    "ai.policy.violations": ["class_above_app"],
}


def points(**more):
    return {feature.name: [0] * feature.steps for feature in FEATURES} | more


@pytest.fixture
def own(tmp_path):
    def make(bias=-300, **more):
        path = tmp_path / "scorecard.json"
        path.write_bytes(written({"benign": 9, "exfiltration": 1}, (1.0, 0.0), bias, points(**more)))
        return path

    return make


def fault(path):
    with pytest.raises(ContentError) as caught:
        read_scorecard(path)
    (problem,) = caught.value.problems
    return problem.path, problem.fault


def test_points_add_up_and_each_is_a_sentence(own):
    scorecard = read_scorecard(own(-100, subjects=[10, 100, 200, 213], data_class=[50, 90, 95]))

    reason = weigh(EXPORT, scorecard)

    assert reason.who == "model"
    assert reason.sentence == (
        "88 % likely an exfiltration: 1,240 distinct data subjects: +2.1; the data is personal: +0.9"
    )
    assert reason.fields == {"ai.data.max_class": "personal", "ai.data.subjects": 1240}
    assert reason.weight == 0.31


def test_below_even_odds_nothing_is_said(own):
    scorecard = read_scorecard(own(-100, subjects=[99, 99, 99, 99]))
    assert probability(EXPORT, scorecard) == pytest.approx(SPEAKS, abs=0.01)
    assert weigh(EXPORT, scorecard) is None
    assert weigh(EXPORT, read_scorecard(own(-100, subjects=[100, 100, 100, 100])))


def test_what_was_stopped_is_no_exfiltration():
    shipped = read_scorecard(SHIPPED)
    assert weigh(EXPORT, shipped)
    assert weigh(EXPORT | {"ai.policy.decision": "block"}, shipped) is None
    assert probability(EXPORT | {"ai.policy.decision": "block"}, shipped) == 0.0


def test_more_of_anything_never_makes_the_shipped_card_less_sure():
    shipped = read_scorecard(SHIPPED)
    for size in range(len(EXPORT)):
        for kept in combinations(list(EXPORT)[1:], size):
            fields = {"event.action": "prompt"} | {name: EXPORT[name] for name in kept}
            rest = set(EXPORT) - set(fields)
            assert all(
                probability(fields | {name: EXPORT[name]}, shipped) >= probability(fields, shipped)
                for name in rest
            )


def test_the_scorecard_alone_stays_below_level_high_in_every_context():
    worst = {field: value for field, value, move, _ in CONTEXT if move > 0} | {"ai.data.units": 1000.0}
    assert sum(move for _, _, move, _ in CONTEXT if move > 0) > MOST
    assert assess([LIKELY], worst).level == "medium"


def test_it_moves_a_risk_but_never_up_to_high_or_critical():
    medium, high = Reason("rule", "EXF-001", "one", 0.45), Reason("rule", "EXF-002", "two", 0.70)
    assert with_model([medium], LIKELY, {}) == ([medium], assess([medium], {}))
    assert with_model([high], LIKELY, {})[1].score == 80.5
    low = Reason("rule", "EXF-003", "three", 0.20)
    assert with_model([low], LIKELY, {})[1].level == "medium"
    critical = [Reason("rule", "EXF-004", "four", 0.82)]
    assert with_model(critical, LIKELY, {})[1].level == "high"


def test_a_verdict_and_its_alert_hear_the_scorecard():
    content = pack(rule("loud"), weigh=lambda _fields: LIKELY)
    given = {"event.id": "e", "event.action": "prompt", "event.code": "loud", "user.id": "ada"}
    event = Event("e", 5.0, home_of(given), idle=False, fields=given)
    matches = matched(given, content)

    judged = verdict(event, matches, None, content)
    (signal,) = speak(event, matches, None, content, Memory())

    assert [reason.who for reason in judged.reasons] == ["rule", "model"]
    assert judged.risk == signal.risk == 80.5
    assert [one["who"] for one in signal.facts["ai.risk.reasons"]] == ["rule", "model"]
    assert verdict(event, [], None, content).reasons == (LIKELY,)


def test_what_is_written_is_the_same_for_the_same_points(own):
    first = own().read_bytes()
    assert hashlib.sha256(own().read_bytes()).digest() == hashlib.sha256(first).digest()
    assert read_scorecard(own(-5)).bias == -5


def test_a_file_that_was_edited_is_refused(own):
    path = own()
    path.write_bytes(path.read_bytes().replace(b'"bias": -300', b'"bias": -100'))
    assert fault(path) == (str(path), "does not match its own digest: it was edited or cut off")


def test_a_file_of_another_version_is_refused(own):
    path = own()
    path.write_bytes(path.read_bytes().replace(b'"version": 1', b'"version": 2'))
    assert fault(path)[1] == "is not of version 1, the only one that is understood here"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is no scorecard"),
        (b"\xff", "is not JSON"),
        (b" " * (1 << 17), "is larger than any scorecard: 64 KiB"),
    ],
)
def test_what_is_no_scorecard_is_refused(tmp_path, body, told):
    (tmp_path / "s.json").write_bytes(body)
    assert fault(tmp_path / "s.json")[1] == told


def test_a_missing_file_is_named(tmp_path):
    assert fault(tmp_path / "s.json")[1] == "cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"subjects": [1, 2]}, "does not climb the 4 steps of subjects"),
        ({"subjects": [4, 3, 2, 1]}, "does not climb the 4 steps of subjects"),
        ({"colour": [1]}, "does not weigh the features that are read here"),
        ({"subjects": [-1, 0, 0, 0]}, "is no scorecard: Expected `int` >= 0"),
    ],
)
def test_points_that_are_no_ladder_are_refused(own, changed, told):
    assert fault(own(**changed))[1].startswith(told)


def test_the_digest_of_the_pack_covers_the_weights(tmp_path, own):
    (tmp_path / "detections" / "models").mkdir(parents=True)
    place = tmp_path / "detections" / "models" / "scorecard.json"
    packs = []
    for bias in (-300, -301):
        place.write_bytes(own(bias).read_bytes())
        packs.append(load_pack(detections=tmp_path / "detections", key=DEMO_KEY))
    assert packs[0].digest != packs[1].digest
    assert packs[0].weigh(EXPORT) is None
    assert pack_files()["models/scorecard.json"] == SHIPPED
    assert load_pack(key=DEMO_KEY).weigh(EXPORT).who == "model"


def test_weights_that_were_edited_stop_the_pack(tmp_path, own):
    path = own()
    broken = orjson.loads(path.read_bytes()) | {"bias": 0}
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "scorecard.json").write_bytes(orjson.dumps(broken))
    with pytest.raises(ContentError, match="does not match its own digest"):
        load_pack(detections=tmp_path, key=DEMO_KEY)
