from msgspec.structs import replace

from pipeline.edges.admin.layout import set_up
from pipeline.edges.admin.nouns import Laid
from pipeline.edges.topics import topics
from pipeline.settings import Kafka
from tests.edges.admin.fake import FakeCluster

KAFKA = Kafka(brokers=("kafka.example:9092",), raw={"squid": 2})
NEEDED = topics(KAFKA)
EVENTS = "ai.events"


def found(cluster, **options):
    return {one.topic.name: one for one in set_up(NEEDED, cluster, KAFKA, **options)}


def changed(name, **config):
    """A cluster in which one topic is laid out otherwise."""
    cluster = FakeCluster(KAFKA)
    there = cluster.there[name]
    words = {key.replace("_", "."): value for key, value in config.items() if key != "partitions"}
    cluster.there[name] = replace(
        there, config={**there.config, **words}, partitions=config.get("partitions", there.partitions)
    )
    return cluster


def test_missing_topics_are_created_and_the_second_time_all_is_well():
    cluster = FakeCluster()
    assert {one.state for one in found(cluster).values()} == {"missing"}
    assert {one.state for one in found(cluster).values()} == {"ok"}


def test_a_dry_run_creates_nothing():
    cluster = FakeCluster()
    assert {one.state for one in found(cluster, dry=True).values()} == {"missing"}
    assert cluster.there == {}


def test_wrong_partitions_are_a_fault_whose_remedy_is_the_setting():
    cluster = changed(EVENTS, partitions=3)
    ((fault, remedy),) = found(cluster)[EVENTS].faults
    assert fault == "has 3 partitions, 4 are needed"
    assert remedy.startswith("write 3 as kafka.partitions;")
    assert cluster.there[EVENTS].partitions == 3


def test_wrong_partitions_of_a_source_name_its_own_setting():
    ((_, remedy),) = found(changed("ai.raw.squid", partitions=5))["ai.raw.squid"].faults
    assert remedy.startswith("write 5 as kafka.raw.squid;")


def test_wrong_partitions_that_no_setting_sets_are_mended_by_beginning_anew():
    ((_, remedy),) = found(changed("ai.packs", partitions=2))["ai.packs"].faults
    assert remedy == "stop the workers, delete the topic, and set it up again"


def test_a_changelog_that_is_not_compacted_is_a_fault_with_the_command_that_mends_it():
    ((fault, remedy),) = found(changed("ai.memory", cleanup_policy="delete"))["ai.memory"].faults
    assert fault == "has cleanup.policy=delete, compact is needed"
    assert remedy.endswith("--entity-name ai.memory --add-config cleanup.policy=compact")


def test_a_limit_that_is_too_low_is_a_fault_and_a_higher_one_is_none():
    assert found(changed(EVENTS, max_message_bytes="1000"))[EVENTS].state == "faulty"
    assert found(changed(EVENTS, max_message_bytes="99999999"))[EVENTS].state == "ok"


def test_another_retention_and_fewer_copies_are_remarks_and_no_faults():
    cluster = changed(EVENTS, retention_ms="1")
    asked = replace(KAFKA, replication=3)
    one = next(one for one in set_up(NEEDED, cluster, asked) if one.topic.name == EVENTS)
    assert (one.state, len(one.notes)) == ("ok", 2)


def test_a_topic_without_any_known_setting_is_faulty_and_breaks_nothing():
    cluster = FakeCluster(KAFKA)
    cluster.there[EVENTS] = Laid(4, 1, {})
    assert len(found(cluster)[EVENTS].faults) == 3
