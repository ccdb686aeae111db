"""The words around the settings: variables that give them, remedies for what cannot be used, where secrets come from."""

from __future__ import annotations

ENVIRONMENT = {
    "SHADOWGRAPH_KEY_FILE": "key_file",
    "SHADOWGRAPH_STORE": "store",
    "SHADOWGRAPH_CONTENT": "content",
    "SHADOWGRAPH_KAFKA_BROKERS": "kafka.brokers",
    "SHADOWGRAPH_KAFKA_USERNAME": "kafka.username",
    "SHADOWGRAPH_ELASTIC_URL": "elastic.url",
}
"""Variables that go before the file; an empty one counts as none."""

LISTS = frozenset({"kafka.brokers"})
"""Settings of which a variable holds several, with commas between."""

_SECONDS = "give seconds from 0 to 604800"
_FILE = 'name a file that can be read, such as "/run/secrets/'
_TEXT = "give a text in quotes"

REMEDIES = {
    "key_file": 'name a file, such as "/run/secrets/shadowgraph.key"',
    "store": 'write "sqlite:///shadowgraph.db", with a fourth slash before an absolute path, or "https://user@host:9200"',
    "content": "name a folder that holds detections/ and enrichers/data/",
    "lateness": "give seconds by source from 0 to 604800, such as {zscaler = 1800}",
    "default_lateness": _SECONDS,
    "idle": _SECONDS,
    "batch": "give a whole number from 1 to 100000",
    "kafka.brokers": 'give a list of "host:port", such as ["kafka-1.example:9092"]',
    "kafka.prefix": "give at most 100 letters, digits, dots, dashes and underscores",
    "kafka.group": "give 1 to 100 letters, digits, dots, dashes and underscores",
    "kafka.security": 'write "plaintext", "ssl", "sasl_plaintext" or "sasl_ssl"',
    "kafka.ca_file": f'{_FILE}kafka-ca.pem"',
    "kafka.cert_file": f'{_FILE}kafka.pem"',
    "kafka.key_file": f'{_FILE}kafka.key"',
    "kafka.mechanism": 'write "PLAIN", "SCRAM-SHA-256" or "SCRAM-SHA-512"',
    "kafka.username": _TEXT,
    "kafka.password_file": f'{_FILE}kafka-password"',
    "kafka.partitions": "give a whole number from 1 to 1000",
    "kafka.replication": "give a whole number from 1 to 15, at most the number of brokers",
    "kafka.session_timeout": "give seconds from 1 to 1800; brokers refuse less than 6 unless told otherwise",
    "kafka.retention": "give seconds from 3600 to 315360000",
    "kafka.raw": "give partitions from 1 to 1000 by source, such as {litellm = 4}",
    "worker.bind": 'give an address, such as "127.0.0.1"',
    "worker.port": "give a port from 0 to 65535",
    "worker.checkpoint": "give a whole number from 1 to 100000",
    "worker.buffer": "give a whole number from 1 to 1000",
    "worker.watchdog": "give seconds from 10 to 86400",
    "worker.log_level": 'write "debug", "info", "warning" or "error"',
    "elastic.url": 'write "https://search.example:9200", without a name or password in it',
    "elastic.prefix": "give 1 to 61 small letters, digits and underscores, a letter or digit first",
    "elastic.ca_file": f'{_FILE}elastic-ca.pem"',
    "elastic.api_key_file": f'{_FILE}elastic-api-key"',
    "elastic.username": _TEXT,
    "elastic.password_file": f'{_FILE}elastic-password"',
    "elastic.bulk": "give a whole number from 1 to 100000",
    "elastic.bulk_bytes": "give bytes from 65536 to 104857600",
}
"""What may stand in the file, and how."""

READABLE = frozenset({"kafka.ca_file", "kafka.cert_file", "kafka.key_file", "elastic.ca_file"})
"""Files that must be there before anybody connects."""

SECRETS = {
    "kafka.password": ("SHADOWGRAPH_KAFKA_PASSWORD", "kafka.password_file"),
    "elastic.password": ("SHADOWGRAPH_ELASTIC_PASSWORD", "elastic.password_file"),
    "elastic.api_key": ("SHADOWGRAPH_ELASTIC_API_KEY", "elastic.api_key_file"),
}
"""Secrets, each with its variable and the setting that names its file."""
