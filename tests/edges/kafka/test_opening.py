import pytest

from pipeline.edges.kafka.opening import compare
from pipeline.edges.kafka.routes import Row
from pipeline.edges.kafka.transaction import BATCH, _parts
from pipeline.errors import ContentError


def test_a_log_that_ends_before_its_position_is_another_log():
    with pytest.raises(ContentError, match=r"raw-0:1: ends at 7, but was read up to 8 .*made anew"):
        compare(8, (0, 7), "raw-0")


@pytest.mark.parametrize(("position", "bounds", "told"), [(7, (0, 7), 0), (0, (5, 9), 0), (3, (5, 9), 1)])
def test_records_that_were_deleted_unread_are_told(position, bounds, told, caplog):
    compare(position, bounds, "raw-0")

    assert len(caplog.records) == told


def test_rows_are_cut_into_parts_that_a_topic_takes_and_a_large_one_stands_alone():
    sizes = [BATCH // 2 - 100, BATCH // 2 - 100, 10, BATCH * 3, 10]
    rows = [Row("t", 0, b"k", b"x" * size) for size in sizes]

    assert [[len(row.value) for row in part] for part in _parts(rows)] == [sizes[:2], [10], [BATCH * 3], [10]]
    assert [row for part in _parts(rows) for row in part] == rows
