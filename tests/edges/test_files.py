import gzip
import io
import os
import threading
from math import inf

import pytest

from pipeline.edges.files import LogFile, expanded
from pipeline.errors import ContentError
from pipeline.record import Record, Tick


@pytest.fixture
def opened():
    files = []

    def open_file(*args, **how):
        files.append(LogFile(*args, **how))
        return files[-1]

    yield open_file
    for file in files:
        file.close()


def read(file, **how):
    *records, tick = file.records(**how)
    return [(record.place.offset, record.body) for record in records], tick


def test_records_are_numbered_lines_without_blank_ones(tmp_path, opened):
    path = tmp_path / "a.log"
    path.write_bytes(b"one\r\n\n  \ntwo")

    records, tick = read(opened(str(path), "auto"))

    assert records == [(1, b"one"), (4, b"two")]
    assert tick == Tick(str(path), inf)


def test_a_line_that_is_too_long_is_cut_and_the_next_one_is_whole(tmp_path, monkeypatch, opened):
    monkeypatch.setattr("pipeline.edges.files.MOST_LINE", 10)
    path = tmp_path / "a.log"
    path.write_bytes(b"x" * 35 + b"\nshort\n" + b"y" * 10 + b"\n" + b"z" * 22 + b"\nend\n")

    records, _ = read(opened(str(path), "auto"))

    assert records == [(1, b"x" * 11), (2, b"short"), (3, b"y" * 10), (4, b"z" * 11), (5, b"end")]


def test_compressed_files_are_read_as_what_they_hold(tmp_path, opened):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"one\ntwo\n"))

    assert read(opened(str(path), "auto"))[0] == [(1, b"one"), (2, b"two")]


def test_a_grown_file_goes_on_behind_what_was_read(tmp_path, opened):
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntwo\n")
    first = opened(str(path), "auto")
    read(first)
    proof = first.proof(2)
    with path.open("ab") as stream:
        stream.write(b"three\n")

    assert read(opened(str(path), "auto", line=2, proof=proof))[0] == [(3, b"three")]


ZEEK = b"#separator \\x09\n#path\tdns\n#fields\tts\tuid\n#types\ttime\tstring\n"
ZEEK_HEADER = b"#separator \\x09\n#path\tdns\n#fields\tts\tuid"


def headed(file):
    return [(record.header, record.body) for record in file.records() if isinstance(record, Record)]


def test_header_lines_stand_in_the_records_behind_them_and_are_none(tmp_path, opened):
    path = tmp_path / "dns.log"
    path.write_bytes(ZEEK + b"one\ntwo\n#close\t2026\n#Fields: a b\n#Remark: x\nthree\n# four\n")

    assert headed(opened(str(path), "auto")) == [
        (ZEEK_HEADER, b"one"),
        (ZEEK_HEADER, b"two"),
        (b"#close\t2026\n#Fields: a b", b"three"),
        (b"#close\t2026\n#Fields: a b", b"# four"),
    ]


def test_the_head_of_a_table_is_its_header_also_where_tables_were_put_together(tmp_path, opened):
    path, head = tmp_path / "audit.csv", b"RecordId,CreationDate,AuditData"
    path.write_bytes(head + b"\n1,2,3\n" + head + b"\n4,5,6\n")

    assert headed(opened(str(path), "auto")) == [(head, b"1,2,3"), (head, b"4,5,6")]


@pytest.mark.parametrize("before", [b"", b"#path\tssl\n#fields\tts\nzero\n"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_that_goes_on_in_the_middle_finds_its_header_again(tmp_path, opened, before, pack):
    path, line = tmp_path / "dns.log", 5 + before.count(b"\n")
    path.write_bytes(pack(before + ZEEK + b"one\n"))
    first = opened(str(path), "auto")
    read(first)
    proof = first.proof(line)
    path.write_bytes(pack(before + ZEEK + b"one\ntwo\n"))

    assert headed(opened(str(path), "auto", line=line, proof=proof)) == [(ZEEK_HEADER, b"two")]


def test_a_header_that_has_changed_is_a_changed_file(tmp_path, opened, monkeypatch):
    monkeypatch.setattr("pipeline.edges.files.HEAD", 2)
    path = tmp_path / "dns.log"
    path.write_bytes(ZEEK + b"one\n")
    first = opened(str(path), "auto")
    read(first)
    proof = first.proof(5)
    path.write_bytes(ZEEK.replace(b"uid", b"UID") + b"one\n")

    with pytest.raises(ContentError, match="has changed"):
        opened(str(path), "auto", line=5, proof=proof)


def test_an_endless_header_is_cut(tmp_path, opened):
    path = tmp_path / "dns.log"
    path.write_bytes(b"#path\tx\n" * 1000 + b"#fields\tx\none\n")

    assert headed(opened(str(path), "auto")) == [(None, b"one")]


@pytest.mark.parametrize("content", [b"One\ntwo\n", b"one\ntwi\n", b"one\n"])
def test_a_changed_file_is_an_error_that_names_the_remedy(tmp_path, content, opened):
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntwo\n")
    first = opened(str(path), "auto")
    read(first)
    proof = first.proof(2)
    path.write_bytes(content)

    with pytest.raises(ContentError, match=r"a\.log:2: has changed .* another store"):
        opened(str(path), "auto", line=2, proof=proof)


def test_a_file_that_is_missing_or_a_loop_is_named(tmp_path, opened):
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    for path in (tmp_path / "none", loop):
        with pytest.raises(ContentError, match=path.name):
            opened(str(path), "auto")


def test_while_following_an_unfinished_line_waits_for_its_end(tmp_path, opened):
    path = tmp_path / "a.log"
    path.write_bytes(b"one\ntw")
    file = opened(str(path), "auto")
    assert [record.body for record in file.records(follow=True)] == [b"one"]

    with path.open("ab") as stream:
        stream.write(b"o\n")

    assert [record.body for record in file.records(follow=True)] == [b"two"]
    assert list(file.records(follow=True)) == []


WHOLE = gzip.compress(
    b"".join(b'{"n": %d}\n' % number for number in range(5)) + os.urandom(4000).hex().encode()
)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (WHOLE[: len(WHOLE) // 2], "is cut off"),
        (WHOLE[:-8], "is cut off"),
        (WHOLE[:-8] + b"\0" * 8, "is damaged"),
        (gzip.compress(b"one\n", mtime=0) + b"no archive", "is damaged"),
    ],
    ids=["cut off", "without its end", "wrong sum", "another behind it"],
)
def test_a_compressed_file_that_is_not_whole_is_an_error_that_names_the_last_line(
    tmp_path, opened, content, fault
):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(content)
    file, records = opened(str(path), "auto"), []

    with pytest.raises(
        ContentError, match=rf"a\.jsonl\.gz:\d+: {fault} after line \d+ \(get it again"
    ) as caught:
        records.extend(file.records())

    assert caught.value.problems[0].line == max(file.line, 1)


def test_a_fault_of_the_disk_is_named(tmp_path, opened, monkeypatch):
    path = tmp_path / "a.log"
    path.write_bytes(b"one\n")
    file = opened(str(path), "auto")

    class Broken:
        def readline(self, _most):
            raise OSError(5, "Input/output error")

        def close(self):
            pass

    monkeypatch.setattr(file, "_stream", Broken())
    with pytest.raises(ContentError, match=r"a\.log:1: cannot be read \(Input/output error\) after line 0"):
        next(file.records())


def test_a_file_that_is_damaged_before_it_is_proved_is_named(tmp_path, opened):
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(b"one\n"))
    file = opened(str(path), "auto")
    read(file)
    path.write_bytes(gzip.compress(b"one\n")[:-12])

    with pytest.raises(ContentError, match=r"a\.log\.gz:1: is cut off"):
        file.proof(1)


def test_standard_input_is_read_and_never_proved(monkeypatch, opened):
    class Stdin:
        buffer = io.BytesIO(b"one\n")

    monkeypatch.setattr("sys.stdin", Stdin)
    file = opened("-", "auto")

    assert read(file)[0] == [(1, b"one")]
    assert file.proof(1) is None


def test_a_folder_names_its_files_in_order_and_each_path_counts_once(tmp_path):
    for name in ("b.log", "a.log", ".hidden"):
        (tmp_path / name).touch()
    a, b = str(tmp_path / "a.log"), str(tmp_path / "b.log")

    assert expanded((b, str(tmp_path), "-")) == sorted(["-", a, b])


def test_a_pipe_is_read_once_and_never_proved(tmp_path, opened):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(b"one\ntwo"))
    writer.start()
    file = opened(str(path), "auto")

    records, _ = read(file)
    writer.join()

    assert records == [(1, b"one"), (2, b"two")]
    assert file.proof(2) is None


def test_a_store_in_a_folder_of_logs_is_no_log(tmp_path):
    (tmp_path / "a.log").write_bytes(b"one\n")
    (tmp_path / "s.db").write_bytes(b"SQLite format 3\0and more")
    (tmp_path / "s.db-wal").touch()

    assert expanded((str(tmp_path),)) == [str(tmp_path / "a.log")]
