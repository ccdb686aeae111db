import pytest

from pipeline.edges.admin import pushing
from pipeline.edges.admin.pushing import push_pack, push_reference, reference_files
from pipeline.edges.kafka.wire import control_of
from pipeline.edges.parcel import unpacked
from pipeline.errors import ContentError, Outage
from pipeline.record import Swap
from pipeline.settings import Kafka
from tests.edges.admin.fake import FakeCluster

KAFKA = Kafka(partitions=2, raw={"squid": 3})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "people.csv").write_text("user.id\nada\n")
    (tmp_path / "notes.txt").write_text("not ours")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents.csv").write_text("ai.data.document.id,file\nd1,a.txt\n")
    (tmp_path / "documents" / "a.txt").write_text("plan")
    return tmp_path


def swaps(cluster):
    return {
        str(slot): control_of(kept.key, kept.value)
        for slot, (kept, *_) in cluster.records.items()
        if not slot.topic.endswith("packs")
    }


def test_a_pack_is_stored_under_its_digest_and_swapped_in_in_every_partition_that_judges(folder):
    cluster = FakeCluster(KAFKA)
    assert push_pack("abc", {"exf/a.yml": folder / "people.csv"}, cluster, KAFKA) == 7
    ((key, value),) = [(kept.key, kept.value) for kept in cluster.records["ai.packs", 0]]
    assert (key, unpacked(value)) == (b"abc", {"exf/a.yml": b"user.id\nada\n"})
    logs = [
        *(f"ai.raw.squid-{n}" for n in range(3)),
        *(f"ai.{log}-{n}" for log in ("events", "signals") for n in (0, 1)),
    ]
    assert swaps(cluster) == dict.fromkeys(logs, Swap("abc"))


def test_the_pack_is_safe_before_the_first_swap_is_sent(folder):
    cluster, seen = FakeCluster(KAFKA), []
    cluster.flush = lambda: (seen.append(len(swaps(cluster))), setattr(cluster, "unsafe", 0))
    push_pack("abc", {"exf/a.yml": folder / "people.csv"}, cluster, KAFKA)
    assert seen == [0, 7]


def test_a_pack_that_is_too_large_for_a_record_is_refused_and_nothing_is_sent(folder, monkeypatch):
    monkeypatch.setattr(pushing, "LARGE", pushing.ROOM)
    cluster = FakeCluster(KAFKA)
    with pytest.raises(ContentError, match="fit into a record"):
        push_pack("abc", {"a": folder / "people.csv"}, cluster, KAFKA)
    assert cluster.records == {}


def test_a_pack_is_sent_nowhere_while_a_topic_is_missing(folder):
    cluster = FakeCluster(KAFKA)
    del cluster.there["ai.signals"]
    with pytest.raises(Outage, match=r"ai\.signals does not exist: run `shadowgraph setup kafka`"):
        push_pack("abc", {"a": folder / "people.csv"}, cluster, KAFKA)
    assert cluster.records == {}


def test_files_of_reference_data_are_known_by_kind_and_name(folder):
    assert reference_files(folder) == {
        ("people", "people.csv"): folder / "people.csv",
        ("documents", "documents.csv"): folder / "documents.csv",
        ("documents", "documents/a.txt"): folder / "documents" / "a.txt",
    }


def test_only_what_has_changed_is_written(folder):
    cluster = FakeCluster(KAFKA)
    assert push_reference(reference_files(folder), cluster, KAFKA) == 3
    assert push_reference(reference_files(folder), cluster, KAFKA) == 0
    (folder / "people.csv").write_text("user.id\nben\n")
    assert push_reference(reference_files(folder), cluster, KAFKA) == 1
    assert cluster.values("ai.ref.people") == [b"user.id\nada\n", b"user.id\nben\n"]


def test_a_document_that_is_gone_is_taken_away_and_comes_back_when_it_is_there_again(folder):
    cluster = FakeCluster(KAFKA)
    push_reference(reference_files(folder), cluster, KAFKA)
    (folder / "documents" / "a.txt").unlink()
    assert push_reference(reference_files(folder), cluster, KAFKA) == 1
    (folder / "documents" / "a.txt").write_text("plan")
    assert push_reference(reference_files(folder), cluster, KAFKA) == 1
    assert [
        kept.value for kept in cluster.records["ai.ref.documents", 0] if kept.key == b"documents/a.txt"
    ] == [
        b"plan",
        None,
        b"plan",
    ]


def test_a_file_that_the_folder_does_not_have_stays_as_the_workers_know_it(folder):
    cluster = FakeCluster(KAFKA)
    push_reference(reference_files(folder), cluster, KAFKA)
    (folder / "people.csv").unlink()
    assert push_reference(reference_files(folder), cluster, KAFKA) == 0
