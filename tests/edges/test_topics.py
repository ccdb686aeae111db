import subprocess
import sys

import pytest

from pipeline.edges.topics import LARGE, REFERENCES, topic_name, topics
from pipeline.errors import ContentError
from pipeline.settings import Kafka

KAFKA = Kafka(prefix="acme-", partitions=6, retention=7200, raw={"litellm": 3, "squid": 1})


def by_name(kafka=KAFKA):
    return {topic.name: topic for topic in topics(kafka)}


def test_every_source_of_the_settings_has_a_topic_with_its_own_partitions():
    raw = {name: topic.partitions for name, topic in by_name().items() if ".raw." in name}
    assert raw == {"acme-ai.raw.litellm": 3, "acme-ai.raw.squid": 1}


def test_a_changelog_has_as_many_partitions_as_the_log_that_it_belongs_to():
    found = by_name()
    assert {found[f"acme-ai.{name}"].partitions for name in ("events", "signals", "memory", "dockets")} == {6}


def test_changelogs_and_content_keep_the_last_of_each_key_and_logs_keep_time():
    compact = {name.removeprefix("acme-ai.") for name, topic in by_name().items() if topic.compact}
    assert compact == {
        "memory",
        "dockets",
        "positions",
        "standing",
        "packs",
        *(f"ref.{kind}" for kind in REFERENCES),
    }
    assert by_name()["acme-ai.events"].config()["retention.ms"] == "7200000"
    assert "retention.ms" not in by_name()["acme-ai.memory"].config()


def test_a_raw_record_gets_the_time_at_which_the_broker_took_it():
    assert by_name()["acme-ai.raw.squid"].config()["message.timestamp.type"] == "LogAppendTime"
    assert by_name()["acme-ai.events"].config()["message.timestamp.type"] == "CreateTime"


def test_a_line_of_sixteen_mebibytes_fits_into_a_raw_record_and_a_pack_into_one():
    assert {
        int(by_name()[f"acme-ai.{name}"].config()["max.message.bytes"]) for name in ("raw.squid", "packs")
    } == {LARGE}
    assert LARGE > 16 * 1024 * 1024


def test_a_source_that_nobody_can_read_is_refused_with_the_one_that_was_meant():
    with pytest.raises(ContentError, match=r"nobody can read: litelm \(did you mean litellm\?\)"):
        topics(Kafka(raw={"litelm": 1}))


def test_other_names_of_a_source_and_auto_are_sources_too():
    assert len(topics(Kafka(raw={"claude_code_hooks": 1, "auto": 1}))) == len(topics(Kafka())) + 2


def test_a_name_begins_with_the_prefix():
    assert topic_name(KAFKA, "ref.people") == "acme-ai.ref.people"


def test_the_list_of_topics_needs_neither_faust_nor_kafka():
    code = "import sys, pipeline.edges.topics; print({'faust', 'kafka', 'aiokafka'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
