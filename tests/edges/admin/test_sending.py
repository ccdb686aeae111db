import gzip
from math import inf

import pytest

from pipeline.edges.admin import sending
from pipeline.edges.admin.sending import Way, finished, paced, records, sent
from pipeline.edges.kafka.wire import HEADER, control_of
from pipeline.record import Tick
from tests.edges.admin.fake import FakeCluster

WAY = Way("ai.raw.squid", 3, 1_000_000)


def sending_of(paths, way=WAY, source="squid"):
    cluster, refused = FakeCluster(), []
    counts = [*sent(records(map(str, paths), source), way, cluster, refused.append)]
    assert counts == [*range(1, len(counts) + 1)]
    return cluster, refused


def written(path, *lines):
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def test_records_arrive_whole_and_each_file_in_order_in_a_partition_of_its_own(tmp_path):
    files = [
        written(tmp_path / f"{name}.log", *(b"%s %d" % (name.encode(), n) for n in range(50)))
        for name in "abcd"
    ]
    cluster, refused = sending_of(files)
    assert cluster.values("ai.raw.squid", 1) == [b"b %d" % n for n in range(50)]
    assert cluster.values("ai.raw.squid", 0) == [
        b"%s %d" % (name, n) for name in (b"a", b"d") for n in range(50)
    ]
    assert refused == []


def test_gzip_is_unpacked(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"one\ntwo\n"))
    assert sending_of([path])[0].values("ai.raw.squid") == [b"one", b"two"]


def test_a_record_beyond_the_limit_of_its_topic_is_refused_with_its_line_and_the_others_go_on(tmp_path):
    path = written(tmp_path / "a.log", b"one", b"x" * 999_000, b"three")
    cluster, refused = sending_of([path])
    assert cluster.values("ai.raw.squid") == [b"one", b"three"]
    assert [(found.place.offset, found.reason) for found in refused] == [
        (2, "the record is larger than the 1000000 bytes that ai.raw.squid takes")
    ]


def test_a_line_that_no_reader_takes_is_refused_before_it_is_sent(tmp_path, monkeypatch):
    monkeypatch.setattr(sending, "MOST_LINE", 10)
    _, refused = sending_of([written(tmp_path / "a.log", b"x" * 11)])
    assert refused[0].reason == "the record is larger than 10 bytes"


def test_a_key_is_taken_from_a_field_and_then_the_broker_chooses_the_partition(tmp_path):
    path = written(
        tmp_path / "a.log", b'{"user": {"name": "ada"}}', b'{"user.name": 7}', b'{"user": {}}', b"no json"
    )
    cluster, refused = sending_of([path], Way("ai.raw.squid", 3, 1_000_000, key="user.name"))
    assert [kept.key for kept in next(iter(cluster.records.values()))] == [b"ada", b"7"]
    assert [found.reason for found in refused] == ["the record has no text or number under user.name"] * 2


def test_header_lines_of_a_format_travel_with_each_record(tmp_path):
    lines = (b"#Software: SGOS", b"#Fields: date time c-ip", b"2026-03-04 09:00:00 192.0.2.7")
    cluster, _ = sending_of([written(tmp_path / "a.log", *lines)], source="bluecoat")
    (kept,) = cluster.records["ai.raw.squid", 0]
    ((name, header),) = kept.headers
    assert (name, kept.value) == (HEADER, lines[2])
    assert lines[1] in header


@pytest.mark.parametrize(("partition", "told"), [(None, [0, 1, 2]), (1, [1])])
def test_the_end_is_told_to_every_partition_or_to_the_chosen_one(partition, told):
    cluster = FakeCluster()
    finished(Way("ai.raw.squid", 3, 1_000_000, partition), cluster)
    ends = {slot.partition: control_of(kept.key, kept.value) for slot, (kept,) in cluster.records.items()}
    assert ends == {number: Tick(f"ai.raw.squid-{number}", inf) for number in told}


def test_records_go_at_the_pace_that_was_asked_for(monkeypatch):
    now, slept = [100.0], []
    monkeypatch.setattr(sending.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(
        sending.time, "sleep", lambda seconds: (slept.append(seconds), now.__setitem__(0, now[0] + seconds))
    )
    assert [*paced("abcd", 2)] == [*"abcd"]
    assert sum(slept) == pytest.approx(1.5)


def test_without_a_pace_nobody_waits(monkeypatch):
    monkeypatch.setattr(sending.time, "sleep", None)
    assert [*paced("ab", None)] == ["a", "b"]
