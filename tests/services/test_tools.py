"""The tools against a real broker: what they create, send, count and refuse is what Kafka has."""

import gc
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from pipeline.cli import ended, main
from pipeline.edges.admin import cluster as admin
from pipeline.edges.admin.cluster import connected
from pipeline.edges.admin.layout import set_up
from pipeline.edges.admin.nouns import Slot
from pipeline.edges.admin.pushing import push_reference
from pipeline.edges.admin.sending import Way, records, sent
from pipeline.edges.admin.state import looked
from pipeline.edges.kafka.wire import FORM, POSITION, Position, saved_position
from pipeline.edges.parcel import unpacked
from pipeline.edges.topics import LARGE, topics
from pipeline.errors import Outage
from pipeline.local.broker import Broker
from pipeline.local.ports import free_ports
from pipeline.settings import Kafka
from tests.services.offers import has_docker, missing, started

pytestmark = [
    pytest.mark.xdist_group("services"),
    pytest.mark.filterwarnings(
        "ignore::ResourceWarning"
    ),  # kafka leaves sockets open on which it was refused
]

RIGHT, WRONG = "an-invented-word", "another-invented-word"
JAAS = f'org.apache.kafka.common.security.plain.PlainLoginModule required user_tess="{RIGHT}" user_rob="{RIGHT}";'
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"


@pytest.fixture(autouse=True)
def nothing_left():
    yield
    gc.collect()


@pytest.fixture
def kafka(broker, prefix):
    return Kafka(brokers=(broker,), prefix=prefix, partitions=2, raw={"squid": 2})


@pytest.fixture
def cluster(kafka):
    with connected(kafka) as cluster:
        set_up(topics(kafka), cluster, kafka)
        yield cluster


@contextmanager
def refused(words, seconds=15):
    """Expect an Outage that says this, in time."""
    begin = time.monotonic()
    with pytest.raises(Outage, match=words):
        yield
    assert time.monotonic() - begin < seconds


def test_topics_are_created_as_they_are_needed_and_found_so_again(kafka, cluster):
    found = set_up(topics(kafka), cluster, kafka)
    assert [(one.topic.name, one.state, one.notes) for one in found if one.state != "ok" or one.notes] == []
    laid = cluster.laid([f"{kafka.prefix}ai.memory"])[f"{kafka.prefix}ai.memory"]
    assert (laid.partitions, laid.config["cleanup.policy"]) == (2, "compact")


def test_a_topic_that_somebody_made_otherwise_is_a_fault_and_stays_as_it_is(kafka):
    with connected(kafka) as cluster:
        first, *_ = topics(Kafka(prefix=kafka.prefix, raw={"squid": 1}))
        cluster.create([first], 1)
        found = {one.topic.name: one for one in set_up(topics(kafka), cluster, kafka)}
        assert found[first.name].faults[0][0] == "has 1 partitions, 2 are needed"
        assert cluster.laid([first.name])[first.name].partitions == 1


def test_more_copies_than_brokers_are_refused_with_the_setting(kafka):
    with connected(kafka) as cluster, pytest.raises(Outage, match=r"too few brokers for kafka\.replication"):
        cluster.create(topics(kafka)[:1], 5)


def test_files_arrive_whole_in_order_and_at_a_pace_that_is_no_brake(kafka, cluster, tmp_path):
    name = f"{kafka.prefix}ai.raw.squid"
    for letter in "ab":
        (tmp_path / letter).write_text("".join(f"{letter} {number}\n" for number in range(3000)))
    way = Way(name, 2, LARGE)
    assert (
        sum(1 for _ in sent(records([str(tmp_path / x) for x in "ab"], "squid"), way, cluster, print)) == 6000
    )
    cluster.flush()
    assert cluster.ends([name]) == {Slot(name, 0): (0, 3000), Slot(name, 1): (0, 3000)}
    assert [kept.value for kept in cluster.read(Slot(name, 1), 2998)] == [b"b 2998", b"b 2999"]


def test_a_line_of_sixteen_mebibytes_goes_in_and_comes_out(kafka, cluster):
    slot = Slot(f"{kafka.prefix}ai.raw.squid", 0)
    cluster.send(slot.topic, b"x" * (16 << 20), partition=0)
    cluster.flush()
    assert [len(kept.value) for kept in cluster.read(slot)] == [16 << 20]


@pytest.mark.parametrize("size", [2 << 20, 20 << 20])
def test_a_record_beyond_the_limit_of_its_topic_is_told_as_that(kafka, cluster, size):
    name = f"{kafka.prefix}ai.deadletter"
    with refused(f"{name} refuses a record of this size"):
        cluster.send(name, b"x" * size)
        cluster.flush()


def test_a_topic_that_is_not_there_is_named(kafka, cluster, monkeypatch):
    monkeypatch.setattr(admin, "PATIENCE", 1000)
    assert cluster.ends([f"{kafka.prefix}gone"]) == {}
    assert [*cluster.read(Slot(f"{kafka.prefix}gone", 0))] == []


def transaction(kafka, slot, *, commit):
    """Write three records in a transaction of its own."""
    producer = admin.KafkaProducer(**admin.options(kafka), transactional_id=f"{slot}-{commit}")
    producer.init_transactions()
    producer.begin_transaction()
    for _ in range(3):
        producer.send(slot.topic, b"x", partition=slot.partition)
    (producer.commit_transaction if commit else producer.abort_transaction)()
    producer.close()


def test_only_committed_records_are_read_and_the_marks_of_transactions_are_no_lag(kafka, cluster):
    slot = Slot(f"{kafka.prefix}ai.events", 1)
    for commit in (True, False, True):
        transaction(kafka, slot, commit=commit)
    assert len([*cluster.read(slot)]) == 6
    behind = {one.slot: one.behind for one in looked(cluster, kafka).lags if one.act == "suspect"}
    assert behind == {Slot(slot.topic, 0): 0, slot: 6}
    value = saved_position(Position(FORM, cluster.ends([slot.topic])[slot][1] - 1))
    cluster.send(f"{kafka.prefix}ai.memory", value, POSITION + str(slot).encode(), partition=1)
    cluster.flush()
    behind = {one.slot: one.behind for one in looked(cluster, kafka).lags if one.act == "suspect"}
    assert behind[slot] == 0


def test_a_group_that_has_committed_is_known(kafka, cluster, prefix):
    slot = Slot(f"{kafka.prefix}ai.scored", 0)
    for _ in range(3):
        cluster.send(slot.topic, b"x", partition=0)
    cluster.flush()
    place = admin.TopicPartition(*slot)
    consumer = admin.KafkaConsumer(
        **admin.options(kafka), group_id=f"{prefix}own-index", enable_auto_commit=False
    )
    consumer.assign([place])
    consumer.seek(place, 2)
    consumer.commit()
    consumer.close()
    own = Kafka(brokers=kafka.brokers, prefix=prefix, group=f"{prefix}own", partitions=2, raw={"squid": 2})
    found = [
        (one.act, one.slot, one.position, one.behind)
        for one in looked(cluster, own).lags
        if one.act == "index"
    ]
    assert found == [("index", slot, 2, 1)]


def test_the_commands_work_from_the_settings_to_the_screen(kafka, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SHADOWGRAPH_SETTINGS", str(tmp_path / "settings.toml"))
    (tmp_path / "settings.toml").write_text(
        f'[kafka]\nbrokers = ["{kafka.brokers[0]}"]\nprefix = "{kafka.prefix}"\npartitions = 2\n[kafka.raw]\nsquid = 2\n'
    )
    (tmp_path / "a.log").write_text("one\ntwo\n")
    steps = (
        ("setup", "kafka"),
        ("produce", str(tmp_path / "a.log"), "--source", "squid", "--end"),
        ("rules", "push"),
        ("status",),
        ("deadletter", "list"),
    )
    assert [ended(lambda words=words: main.main([*words])) for words in steps] == [0] * len(steps)
    told = capsys.readouterr().out
    assert "22 topics: 0 ok, 22 created, 0 faulty" in told
    assert "no dead letters" in told
    with connected(kafka) as cluster:
        ((digest, value),) = [
            (kept.key, kept.value) for kept in cluster.read(Slot(f"{kafka.prefix}ai.packs", 0))
        ]
        assert len(digest) == 64
        assert "policy.yaml" in unpacked(value)
        keys = [kept.key for kept in cluster.read(Slot(f"{kafka.prefix}ai.raw.squid", 0))]
    assert keys == [None, None, b"\0tick", b"\0swap"]


def test_reference_data_is_written_where_it_has_changed(kafka, cluster, tmp_path):
    (tmp_path / "people.csv").write_text("user.id\nada\n")
    files = {("people", "people.csv"): tmp_path / "people.csv"}
    assert [push_reference(files, cluster, kafka) for _ in range(2)] == [1, 0]


def test_a_broker_that_is_not_there_is_told_in_time(monkeypatch):
    assert admin.PATIENCE <= 10_000
    monkeypatch.setattr(admin, "PATIENCE", 2000)
    (port,) = free_ports(1)
    with refused(f"no broker answers at 127.0.0.1:{port}"), connected(Kafka(brokers=(f"127.0.0.1:{port}",))):
        pass


@pytest.fixture(scope="module")
def certificate(scratch):
    """A certificate for the loopback that nobody but us trusts, and a file of it with its key."""
    if not shutil.which("openssl"):
        missing("a certificate for tests needs openssl")
    key, found, both = (scratch / name for name in ("key.pem", "ca.pem", "both.pem"))
    words = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=broker.example"
    )
    named = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(found)]
    subprocess.run(["openssl", *words.split(), *named], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + found.read_bytes())
    both.chmod(0o644)
    return found, both


@pytest.fixture(scope="module")
def guarded(scratch, certificate):
    """Settings for a broker that gives rights to tess alone, and its ports: open, with words, with words and TLS."""
    if has_docker():
        pytest.skip("a broker with several ports is run from artifacts alone")
    plain, words, tls, controller = free_ports(4)
    kinds = {"PLAINTEXT": plain, "SASL_PLAINTEXT": words, "SASL_SSL": tls}
    places = ",".join(f"{kind}://127.0.0.1:{port}" for kind, port in kinds.items())
    settings = {
        "listeners": f"{places},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": places,
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listener.security.protocol.map": ",".join(f"{kind}:{kind}" for kind in kinds)
        + ",CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "listener.name.sasl_plaintext.plain.sasl.jaas.config": JAAS,
        "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": SCRAM,
        "listener.name.sasl_ssl.plain.sasl.jaas.config": JAAS,
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": SCRAM,
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificate[1]),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS;User:tess",
    }
    own = Broker(scratch / "guarded", port=plain, heap="256m", settings=settings)
    kafka = Kafka(
        brokers=(f"127.0.0.1:{words}",),
        security="sasl_plaintext",
        mechanism="PLAIN",
        username="tess",
        password=RIGHT,
        raw={"squid": 1},
    )
    with started(own, lambda: ""):
        with connected(Kafka(brokers=(f"127.0.0.1:{plain}",))) as cluster:
            word = sys.modules["kafka.admin"].UserScramCredentialUpsertion("tess", "SCRAM-SHA-512", RIGHT)
            cluster._admin.alter_user_scram_credentials([word])
        yield kafka, {kind: (f"127.0.0.1:{port}",) for kind, port in kinds.items()}


def with_(kafka, **changes):
    return Kafka(**{name: getattr(kafka, name) for name in kafka.__struct_fields__} | changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": WRONG}, "refuses the credentials of tess|breaks off while tess says who it is"),
        ({"mechanism": "SCRAM-SHA-256"}, "does not know the mechanism SCRAM-SHA-256|breaks off while tess"),
        (
            {"mechanism": "SCRAM-SHA-512", "password": WRONG},
            "refuses the credentials of tess|breaks off while tess",
        ),
        ({"security": "plaintext"}, "is there but closes the connection"),
        ({"security": "ssl"}, "does not speak TLS with us|is there but closes"),
    ],
)
def test_whoever_is_not_let_in_is_told_why(guarded, changes, words, monkeypatch):
    monkeypatch.setattr(admin, "PATIENCE", 3000)
    with refused(words), connected(with_(guarded[0], **changes)):
        pass


def test_credentials_at_a_port_that_asks_for_none_are_told_as_that(guarded, monkeypatch):
    monkeypatch.setattr(admin, "PATIENCE", 2000)
    with (
        refused("asks for no credentials there"),
        connected(with_(guarded[0], brokers=guarded[1]["PLAINTEXT"])),
    ):
        pass


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_over_tls_everything_works_with_the_certificates_that_we_trust(guarded, certificate, mechanism):
    changes = {"security": "sasl_ssl", "brokers": guarded[1]["SASL_SSL"], "mechanism": mechanism}
    kafka = with_(guarded[0], ca_file=certificate[0], **changes)
    with connected(kafka) as cluster:
        set_up(topics(kafka), cluster, kafka)
        cluster.send("ai.raw.squid", b"x", partition=0)
        cluster.flush()
        assert [kept.value for kept in cluster.read(Slot("ai.raw.squid", 0))][-1:] == [b"x"]


def test_a_certificate_that_nobody_vouches_for_is_told_as_that(guarded, monkeypatch):
    monkeypatch.setattr(admin, "PATIENCE", 2000)
    kafka = with_(guarded[0], security="sasl_ssl", brokers=guarded[1]["SASL_SSL"])
    with refused("shows no certificate that we trust: check kafka.ca_file"), connected(kafka):
        pass


def test_with_the_right_word_everything_works_and_without_rights_nothing_does(guarded):
    kafka = guarded[0]
    with connected(kafka) as cluster:
        set_up(topics(kafka), cluster, kafka)
        cluster.send("ai.raw.squid", b"x")
        cluster.flush()
    with connected(with_(kafka, username="rob")) as cluster:
        for forbidden in (
            lambda: cluster.laid(["ai.events"]),
            lambda: cluster.create(topics(kafka), 1),
            lambda: [*cluster.read(Slot("ai.events", 0))],
            lambda: (cluster.send("ai.raw.squid", b"x"), cluster.flush()),
        ):
            with refused("rob may not do that with ai"):
                forbidden()
