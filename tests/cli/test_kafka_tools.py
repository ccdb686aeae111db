import gzip
import json

import orjson
import pytest

from pipeline.cli import ended, main
from pipeline.edges.admin import cluster as admin
from pipeline.edges.admin.nouns import Slot
from pipeline.edges.kafka.wire import FORM, POSITION, Position, saved_position
from pipeline.settings import Kafka
from tests.edges.admin.fake import FakeCluster, lent

KAFKA = Kafka(partitions=2, raw={"squid": 2})
SETTINGS = '[kafka]\nbrokers = ["kafka.example:9092"]\npartitions = 2\n[kafka.raw]\nsquid = 2\n'


@pytest.fixture
def cluster(monkeypatch):
    found = FakeCluster(KAFKA)
    monkeypatch.setattr(admin, "connected", lambda _: lent(found))
    return found


@pytest.fixture
def run(tmp_path, capsysbinary, monkeypatch):
    (tmp_path / "settings.toml").write_text(SETTINGS)
    for name in ("SHADOWGRAPH_SETTINGS", "SHADOWGRAPH_KAFKA_BROKERS", "SHADOWGRAPH_CONTENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHADOWGRAPH_SETTINGS", str(tmp_path / "settings.toml"))

    def run(*words):
        code = ended(lambda: main.main([*words], standalone_mode=False))
        out, err = capsysbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def letter(cluster, offset, reason="no time"):
    value = orjson.dumps({"log": "ai.raw.squid-1", "offset": offset, "reason": reason})
    cluster.send("ai.deadletter", value, partition=0)
    cluster.flush()


def test_setup_creates_what_is_missing_and_then_finds_all_well(run, cluster):
    del cluster.there["ai.memory"]
    assert run("setup", "kafka", "--dry-run")[1].splitlines()[0] == "missing  ai.memory"
    code, out, _ = run("setup", "kafka")
    assert (code, out.splitlines()) == (0, ["created  ai.memory", "22 topics: 21 ok, 1 created, 0 faulty"])
    assert run("setup", "kafka")[:2] == (0, "22 topics: 22 ok, 0 created, 0 faulty\n")


def test_setup_ends_with_2_and_a_remedy_where_a_topic_is_laid_out_otherwise(run, cluster):
    cluster.there["ai.events"] = cluster.there["ai.packs"]
    code, out, _ = run("setup", "kafka")
    assert code == 2
    assert "  ai.events has 1 partitions, 2 are needed (write 1 as kafka.partitions;" in out
    found = {line["topic"]: line for line in lines(run("setup", "kafka", "--json")[1])}
    assert (found["ai.events"]["state"], found["ai.memory"]["state"]) == ("faulty", "ok")
    assert found["ai.events"]["faults"][0]["remedy"].startswith("write 1")


def test_setup_print_asks_nobody(run):
    code, out, _ = run("setup", "kafka", "--print")
    assert code == 0
    assert out.startswith("ai.raw.squid  partitions=2 cleanup.policy=delete retention.ms=604800000")
    assert len(lines(run("setup", "kafka", "--print", "--json")[1])) == 22


@pytest.mark.usefixtures("cluster")
def test_setup_says_that_nothing_would_be_read_without_a_source(run, tmp_path):
    (tmp_path / "none.toml").write_text('[kafka]\nbrokers = ["kafka.example:9092"]\npartitions = 2\n')
    assert "kafka.raw names no source" in run("setup", "kafka", "-c", str(tmp_path / "none.toml"))[1]


def test_produce_sends_files_and_tells_how_many(run, cluster, tmp_path):
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(b"one\ntwo\n"))
    code, _, err = run("produce", str(tmp_path / "a.log.gz"), "--source", "squid", "--partition", "1")
    assert (code, cluster.values("ai.raw.squid", 1)) == (0, [b"one", b"two"])
    assert "2 records sent to ai.raw.squid" in err
    assert "0 rejected" in err


def test_produce_ends_with_1_and_names_the_line_of_a_record_that_is_too_large(run, cluster, tmp_path):
    there = cluster.there["ai.raw.squid"]
    there.config["max.message.bytes"] = "2000"
    (tmp_path / "a.log").write_bytes(b"one\n" + b"zugvogel" * 300 + b"\n")
    code, out, err = run("produce", str(tmp_path / "a.log"), "--source", "squid", "--json")
    assert code == 1
    assert (lines(err)[0]["line"], lines(out)[0]["rejected"], lines(out)[0]["records"]) == (2, 1, 1)
    assert "zugvogel" not in err


def test_produce_sends_the_end_behind_the_records(run, cluster, tmp_path):
    (tmp_path / "a.log").write_bytes(b"one\n")
    assert run("produce", str(tmp_path / "a.log"), "--topic", "ai.raw.squid", "--end")[0] == 0
    assert [kept.key for kept in cluster.records["ai.raw.squid", 0]] == [None, b"\0tick"]
    assert [kept.key for kept in cluster.records["ai.raw.squid", 1]] == [b"\0tick"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--source", "litellm"), "kafka.raw in the settings has no source litellm: it names squid"),
        ((), "choose --source or --topic"),
        (("--source", "squid", "--topic", "x"), "choose --source or --topic"),
        (("--source", "squid", "--partition", "2"), "has the partitions 0 to 1, 2 is none of them"),
        (("--source", "squid", "--partition", "1", "--key", "x"), "choose --key or --partition"),
        (("--topic", "ai.events"), "ai.events is no topic of raw records"),
        (
            ("--topic", "ai.raw.gone"),
            "ai.raw.gone is no topic of raw records: those of the settings are ai.raw.squid",
        ),
    ],
)
def test_produce_names_what_is_wrong_before_it_sends(run, cluster, tmp_path, words, told):
    (tmp_path / "a.log").write_bytes(b"one\n")
    code, _, err = run("produce", str(tmp_path / "a.log"), *words)
    assert (code, cluster.records) == (2, {})
    assert told in err


def test_status_is_one_screen_that_names_the_worst_partition(run, cluster):
    for _ in range(3):
        cluster.send("ai.raw.squid", b"x", partition=1)
    letter(cluster, 0)
    for part, digest in ((0, b"d" * 64), (1, b"e" * 64)):
        clock = b"\x84\xa6digest\xa0\xa6latest\xcb\xff\xf0\0\0\0\0\0\0\xa5marks\x80\xa6passed\x81\xa10\xcbA\xda\x69\xff\xc0\0\0\0"
        value = saved_position(Position(FORM, 0, clock=clock, digest=digest.decode()))
        cluster.send("ai.memory", value, POSITION + b"ai.events-%d" % part, partition=part)
    cluster.send("ai.packs", b"x", b"d" * 64, partition=0)
    cluster.flush()
    code, out, _ = run("status")
    assert code == 0
    assert len(out.splitlines()) <= 24
    assert (
        "understand   ai.raw.squid                          3  worst: partition 1 with 3  never read: 2 of 2"
        in out
    )
    assert "pack dddddddddddd in 1 of 2 partitions\n" in out
    assert "pack eeeeeeeeeeee in 1 of 2 partitions, not pushed" in out
    assert "1  squid            no time" in out


def test_status_as_json_has_lag_watermarks_dead_letters_packs_and_reference(run, cluster):
    cluster.send("ai.raw.squid", b"x", partition=1)
    letter(cluster, 0)
    (told,) = lines(run("status", "--json")[1])
    assert told["missing"] == []
    assert {
        "act": "understand",
        "topic": "ai.raw.squid",
        "partition": 1,
        "position": None,
        "end": 1,
        "lag": 1,
    } in told["lag"]
    assert told["deadletters"] == [{"reason": "no time", "source": "squid", "count": 1}]
    assert (told["watermarks"], told["packs"], told["reference"]["people"]) == ([], [], 0)


def test_dead_letters_are_listed_shown_and_replayed_without_their_content(run, cluster):
    for body in (b"zugvogel", b"zugvogel 2"):
        cluster.send("ai.raw.squid", body, partition=1)
    for offset in (0, 1, 1):
        letter(cluster, offset)
    letter(cluster, 9, "no user")
    code, out, _ = run("deadletter", "list")
    assert (code, out.splitlines()[0].split()) == (
        0,
        ["3", "squid", "no", "time", "last:", "ai.raw.squid-1:1"],
    )
    (told,) = lines(run("deadletter", "show", "ai.raw.squid-1:1", "--json")[1])
    assert told == {
        "place": "ai.raw.squid-1:1",
        "source": "squid",
        "reason": "no time",
        "bytes": 10,
        "there": True,
    }
    assert (
        run("deadletter", "replay", "--reason", "no time", "--dry-run")[1]
        == "2 would be sent again, 0 are gone\n"
    )
    assert (
        run("deadletter", "replay", "--reason", "no time", "--json")[1] == '{"sent":2,"found":2,"gone":0}\n'
    )
    assert cluster.values("ai.raw.squid", 1) == [b"zugvogel", b"zugvogel 2"] * 2
    code, out, err = run("deadletter", "replay", "ai.raw.squid-1:9")
    assert (code, out, err) == (
        1,
        "0 were sent again, 1 are gone\n",
        "ai.raw.squid-1:9: is no longer in its topic\n",
    )


@pytest.mark.parametrize(
    "words",
    [("show", "ai.raw.squid-0:7"), ("replay", "nonsense"), ("replay",), ("replay", "x", "--reason", "y")],
)
@pytest.mark.usefixtures("cluster")
def test_a_place_without_a_dead_letter_is_a_usage_error(run, words):
    code, _, err = run("deadletter", *words)
    assert code == 2
    assert "error: " in err


def test_rules_push_stores_the_pack_and_a_dry_run_does_not(run, cluster):
    code, out, _ = run("rules", "push", "--dry-run", "--json")
    assert (code, lines(out)[0]["swaps"], cluster.records) == (0, 0, {})
    (told,) = lines(run("rules", "push", "--json")[1])
    assert told["swaps"] == 6
    assert cluster.records["ai.packs", 0][0].key == told["digest"].encode()


def test_rules_push_refuses_a_pack_with_a_fault_and_tells_every_one(run, cluster, tmp_path):
    (tmp_path / "det" / "exf").mkdir(parents=True)
    for name in ("a", "b"):
        (tmp_path / "det" / "exf" / f"{name}.yml").write_text("title: x\n")
    code, _, err = run("rules", "push", str(tmp_path / "det"))
    assert (code, cluster.records) == (2, {})
    assert "a.yml" in err
    assert "b.yml" in err


def test_ref_push_writes_what_is_sound_and_nothing_of_a_folder_with_a_fault(run, cluster, tmp_path):
    (tmp_path / "people.csv").write_text("user.id,user.email\nada.lind,ada.lind@fernwood.example\n")
    assert run("ref", "push", str(tmp_path), "--dry-run")[:2] == (0, "1 files are sound, none sent\n")
    assert (
        run("ref", "push", str(tmp_path), "--json")[1] == '{"files":["people.csv"],"changed":1,"sent":true}\n'
    )
    (tmp_path / "people.csv").write_text("user.id\nben.okoro\n")
    (tmp_path / "policy.yaml").write_text("rules: nonsense\n")
    (tmp_path / "apps.yaml").write_text("apps: 7\n")
    code, _, err = run("ref", "push", str(tmp_path))
    assert code == 2
    assert "policy.yaml" in err
    assert "apps.yaml" in err
    assert len(cluster.records[Slot("ai.ref.people", 0)]) == 1


@pytest.mark.parametrize(
    "words", [("ref", "push", "/no/such/folder"), ("status", "-c", "/no/such/file.toml")]
)
@pytest.mark.usefixtures("cluster")
def test_a_folder_or_file_that_is_not_there_is_named(run, words):
    code, _, err = run(*words)
    assert code == 2
    assert "/no/such/" in err


@pytest.mark.usefixtures("cluster")
def test_a_folder_without_reference_data_is_a_usage_error(run, tmp_path):
    code, _, err = run("ref", "push", str(tmp_path))
    assert code == 2
    assert "holds no reference data" in err


def test_without_a_broker_in_the_settings_the_remedy_is_told(run, tmp_path):
    (tmp_path / "none.toml").write_text("")
    code, _, err = run("status", "-c", str(tmp_path / "none.toml"))
    assert code == 2
    assert "kafka.brokers names no broker" in err
    assert "SHADOWGRAPH_KAFKA_BROKERS" in err
