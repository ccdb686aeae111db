from pathlib import Path

import pytest

from pipeline.errors import ContentError
from pipeline.settings import SECRETS, Kafka, load_settings

WORD = "an-invented-word"


@pytest.fixture
def written(tmp_path):
    def written(text):
        (tmp_path / "settings.toml").write_text(text)
        return {"SHADOWGRAPH_SETTINGS": str(tmp_path / "settings.toml")}

    return written


def faults(environ):
    with pytest.raises(ContentError) as caught:
        load_settings(environ)
    return [
        f"{Path(problem.path).name}{str(problem).removeprefix(problem.path)}"
        for problem in caught.value.problems
    ]


def test_the_tables_of_kafka_worker_and_elastic_are_read_with_files_beside_the_settings(written, tmp_path):
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("invented")
    (tmp_path / "word").write_text(f"{WORD}\n")
    settings = load_settings(
        written(
            '[kafka]\nbrokers = ["kafka-1.example:9092", "[2001:db8::1]:9093"]\nprefix = "acme-"\nsecurity = "sasl_ssl"\n'
            'ca_file = "ca.pem"\ncert_file = "cert.pem"\nkey_file = "key.pem"\nmechanism = "SCRAM-SHA-256"\nusername = "tess"\n'
            'password_file = "word"\npartitions = 12\nreplication = 3\n[kafka.raw]\nlitellm = 4\nsquid = 1\n'
            '[worker]\nport = 0\nlog_level = "debug"\n[elastic]\nurl = "https://search.example:9200"\napi_key_file = "word"\n'
        )
    )
    kafka = settings.kafka
    assert kafka.brokers == ("kafka-1.example:9092", "[2001:db8::1]:9093")
    assert (kafka.ca_file, kafka.password, kafka.partitions) == (tmp_path / "ca.pem", WORD, 12)
    assert kafka.raw == {"litellm": 4, "squid": 1}
    assert (settings.worker.port, settings.worker.log_level) == (0, "debug")
    assert (settings.elastic.url, settings.elastic.api_key) == ("https://search.example:9200", WORD)


def test_everything_has_a_default():
    settings = load_settings({})
    assert settings.kafka == Kafka()
    assert (settings.kafka.group, settings.kafka.session_timeout, settings.worker.watchdog) == (
        "shadowgraph",
        10,
        300,
    )


def test_the_environment_goes_before_the_tables(written):
    environ = written('[kafka]\nbrokers = ["old.example:1"]\n') | {
        "SHADOWGRAPH_KAFKA_BROKERS": "one.example:9092, two.example:9092",
        "SHADOWGRAPH_ELASTIC_URL": "http://search.example:9200",
    }
    settings = load_settings(environ)
    assert settings.kafka.brokers == ("one.example:9092", "two.example:9092")
    assert settings.elastic.url == "http://search.example:9200"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_comes_from_its_variable_before_its_file_and_is_never_shown(written, tmp_path, name):
    (tmp_path / "word").write_text("another-invented-word")
    part, _, secret = name.partition(".")
    variable, file = SECRETS[name]
    more = {"kafka": 'security = "sasl_ssl"\nusername = "tess"\n', "elastic": 'username = "tess"\n'}[part]
    more = "" if secret == "api_key" else more
    environ = written(f'[{part}]\n{more}{file.partition(".")[2]} = "word"\n')
    assert getattr(getattr(load_settings(environ), part), secret) == "another-invented-word"
    settings = load_settings(environ | {variable: WORD})
    assert getattr(getattr(settings, part), secret) == WORD
    assert WORD not in repr(settings) + repr(getattr(settings, part))


def test_a_secret_in_the_settings_file_is_refused_and_not_shown(written):
    (said,) = faults(written(f'[kafka]\ngroup = "a"\npassword = "{WORD}"\n'))
    assert said == (
        "settings.toml:3: nobody knows the setting kafka.password (a secret never stands in this file: set"
        " SHADOWGRAPH_KAFKA_PASSWORD, or name a file with kafka.password_file)"
    )


def test_a_name_that_nobody_knows_is_answered_with_the_one_that_was_meant(written):
    said = faults(
        written('iddle = 5\n[kafka]\nbroker = ["a.example:1"]\n[kafka.raws]\nsquid = 1\n[worker]\nxyz = 1\n')
    )
    assert [line.split(": ", 1)[1] for line in said] == [
        "nobody knows the setting iddle (did you mean idle?)",
        "nobody knows the setting kafka.broker (did you mean brokers?)",
        "nobody knows the setting kafka.raws (did you mean raw?)",
        "nobody knows the setting worker.xyz (leave it out, or write one of bind, port, checkpoint, buffer, watchdog, log_level)",
    ]
    assert [line.split(":")[1] for line in said] == ["1", "3", "4", "7"]


def test_a_table_that_is_none_is_told_how_to_begin(written):
    assert faults(written("kafka = 5\n")) == [
        "settings.toml:1: nobody knows the setting kafka (begin a table of its own: [kafka])"
    ]


def test_every_wrong_value_is_told_at_once_with_its_line_and_without_itself(written):
    said = faults(
        written(
            '[kafka]\nbrokers = ["zugvogel"]\nprefix = "a b"\nsecurity = "zugvogel"\npartitions = 0\nretention = 60\n'
            'ca_file = "zugvogel"\n\n[kafka.raw]\nsquid = -1\n\n[worker]\nport = 70000\nlog_level = "zugvogel"\n'
            '[elastic]\nurl = "https://tess:zugvogel@search.example"\nbulk_bytes = 1\n'
        )
    )
    assert [line.partition(" cannot")[0] for line in said] == [
        "settings.toml:2: kafka.brokers",
        "settings.toml:3: kafka.prefix",
        "settings.toml:4: kafka.security",
        "settings.toml:5: kafka.partitions",
        "settings.toml:6: kafka.retention",
        "settings.toml:7: kafka.ca_file",
        "settings.toml:9: kafka.raw",
        "settings.toml:13: worker.port",
        "settings.toml:14: worker.log_level",
        "settings.toml:16: elastic.url",
        "settings.toml:17: elastic.bulk_bytes",
    ]
    assert "zugvogel" not in "".join(said)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("kafka.partitions = 0\n", 1),
        ("\nkafka = {partitions = 0}\n", 2),
        ("[worker]\nport = 1\n[ kafka ]\n# partitions = 1\n'partitions' = 0\n", 5),
        ("[worker]\npartitions = 1\n[kafka]\npartitions = 0\n", 4),
        ("[kafka.raw]\nsquid = 1\n[kafka]\n\npartitions = 0\n", 5),
    ],
)
def test_the_line_of_a_setting_is_found_however_it_is_written(written, text, line):
    said = faults(written(text))
    assert f"settings.toml:{line}: kafka.partitions cannot be used" in "".join(said)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('security = "sasl_ssl"\nusername = "tess"\n', "sasl_ssl needs a password"),
        ('security = "sasl_plaintext"\n', "sasl_plaintext needs kafka.username"),
        ('username = "tess"\n', "kafka.username has no effect with the security plaintext"),
        ('mechanism = "PLAIN"\n', "kafka.mechanism has no effect with the security plaintext"),
        ('ca_file = "settings.toml"\n', "kafka.ca_file has no effect with the security plaintext"),
        ('security = "ssl"\ncert_file = "settings.toml"\n', "kafka.cert_file needs kafka.key_file"),
        ('security = "ssl"\nkey_file = "settings.toml"\n', "kafka.key_file needs kafka.cert_file"),
        ('brokers = ["kafka.example:99999"]\n', "kafka.brokers has a port beyond 65535"),
    ],
)
def test_settings_that_do_not_go_together_are_told(written, text, fault):
    assert fault in "".join(faults(written(f"[kafka]\n{text}")))


@pytest.mark.parametrize(
    ("environ", "fault"),
    [
        ({}, "elastic.username needs a password"),
        ({"SHADOWGRAPH_ELASTIC_API_KEY": WORD}, "there are both an API key and elastic.username"),
    ],
)
def test_a_name_at_elasticsearch_goes_with_a_password_alone(written, environ, fault):
    assert fault in "".join(faults(written('[elastic]\nusername = "tess"\n') | environ))


@pytest.mark.parametrize(
    ("body", "fault"), [(b"", "the secret is empty"), (b"\xff", "it is not UTF-8"), (None, "No such file")]
)
def test_a_file_without_a_secret_in_it_is_named_and_no_other_fault_follows(written, tmp_path, body, fault):
    if body is not None:
        (tmp_path / "word").write_bytes(body)
    (said,) = faults(written('[kafka]\nsecurity = "sasl_ssl"\nusername = "tess"\npassword_file = "word"\n'))
    assert said.startswith("word:1: ")
    assert fault in said
