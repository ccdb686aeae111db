"""Records that are understood together say what each says alone."""

from enrichers.reference import load_reference
from pipeline.flow import understand
from pipeline.pack import Pack
from pipeline.record import Place, Record
from tests.bench.records import records

REFERENCE, PACK = load_reference(None), Pack(digest="d", key=b"k")


def given(count):
    broken = ("auto", b"{")
    return [
        Record(Place("f", line), source, 1_772_611_200.0, None, body)
        for line, (source, body) in enumerate([*records(count), broken], 1)
    ]


def test_records_together_say_what_each_says_alone():
    every = given(40)

    assert understand(every, PACK, REFERENCE) == [
        inputs for record in every for inputs in understand([record], PACK, REFERENCE)
    ]


def test_no_records_say_nothing():
    assert understand([], PACK, REFERENCE) == []
