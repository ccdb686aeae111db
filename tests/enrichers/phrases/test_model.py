import orjson
import pytest

from enrichers.phrases.model import LARGEST, MOST, SHIPPED, VERSION, model, read_model, written
from pipeline.errors import ContentError

BODY = written({"harmful": 2, "harmless": 3}, -100, {"all previous": 12, "please": -61})


def refused(path, data):
    path.write_bytes(data)
    with pytest.raises(ContentError) as caught:
        read_model(path)
    (problem,) = caught.value.problems
    assert problem.path == str(path)
    return problem.fault


def sealed(**changed):
    """A file whose digest fits, with something else in it."""
    found = {"texts": {"harmful": 2}, "bias": 1, "phrases": {"so": 9}, **changed}
    return written(found["texts"], found["bias"], found["phrases"])


def test_the_shipped_model_is_whole():
    found = model()
    assert written(found.texts, found.bias, found.phrases) == SHIPPED.read_bytes()
    assert 100 < len(found.phrases) <= MOST


def test_shipped_phrases_are_too_short_to_be_anybodys_sentence():
    assert max(len(phrase.split()) for phrase in model().phrases) <= 4
    assert not any(map(str.isdigit, "".join(model().phrases)))


def test_a_weight_changed_by_hand_is_refused(tmp_path):
    data = BODY.replace(b"12", b"99")
    assert data != BODY
    assert "edited" in refused(tmp_path / "weights.json", data)


def test_another_version_is_refused(tmp_path):
    data = orjson.dumps({**orjson.loads(BODY), "version": VERSION + 1})
    assert f"version {VERSION}" in refused(tmp_path / "weights.json", data)


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b"{", BODY[: len(BODY) // 2], b"\xff", b"[" * 100_000])
def test_what_is_no_model_is_refused(tmp_path, data):
    assert refused(tmp_path / "weights.json", data)


@pytest.mark.parametrize(
    "changed",
    [
        {"phrases": {}},
        {"phrases": {"so": 1001}},
        {"phrases": {"so": 0.5}},
        {"phrases": {"a b c d e": 9}},
        {"phrases": {"(so|no)*": 9}},
        {"phrases": {f"word{number}": 9 for number in range(MOST + 1)}},
        {"bias": "1"},
        {"texts": {"harmful": -1}},
    ],
)
def test_a_digest_that_fits_makes_no_model_of_nonsense(tmp_path, changed):
    assert "model" in refused(tmp_path / "weights.json", sealed(**changed)) or "phrase" in refused(
        tmp_path / "weights.json", sealed(**changed)
    )


def test_a_file_that_is_too_large_is_not_even_parsed(tmp_path):
    assert "1 MiB" in refused(tmp_path / "weights.json", b" " * (LARGEST + 1))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ContentError, match=r"none\.json:1: cannot be read"):
        read_model(tmp_path / "none.json")
