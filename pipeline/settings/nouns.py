"""What an operator can set, in types: the whole, and the parts that have a table of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

DEMO_KEY = b"shadowgraph demo key: it protects nothing"

HIDDEN = frozenset({"key", "password", "api_key"})
"""What is never shown."""

Seconds = Annotated[float, Meta(ge=0, le=604_800)]
"""A waiting time of a week at most: who waits longer has mistaken the unit."""

Retention = Annotated[float, Meta(ge=3600, le=315_360_000)]
"""From an hour to ten years, in seconds."""

Partitions = Annotated[int, Meta(ge=1, le=1000)]
Word = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,100}$")]
"""What Kafka takes as part of a name."""

Broker = Annotated[str, Meta(pattern=r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[1-9][0-9]{0,4}$")]
"""`host:port`; an address of IPv6 stands in brackets."""

Url = Annotated[str, Meta(pattern=r"^https?://[^/\s@]+(/[^\s@]*)?$")]
"""Without a name or password in it: those would be shown in every message."""


class Part(Struct, frozen=True, kw_only=True):
    """A part of the settings that shows none of its secrets."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show everything but what is secret."""
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in HIDDEN]

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({told})"


class Kafka(Part, frozen=True, kw_only=True):
    """Where Kafka is, how to get in, and how our topics are laid out."""

    brokers: tuple[Broker, ...] = ()
    """Brokers to ask first, `host:port`, also SHADOWGRAPH_KAFKA_BROKERS with commas between."""
    prefix: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{0,100}$")] = ""
    """What stands before `ai.` in the name of every topic."""
    group: Word = "shadowgraph"
    """What the consumer groups and transactions of the workers are named by."""
    security: Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"] = "plaintext"
    """Whether the connection is encrypted (ssl), and whether we say who we are (sasl)."""
    ca_file: Path | None = None
    """Certificates that the brokers' own are checked against; the system's unless given."""
    cert_file: Path | None = None
    """Our own certificate, where brokers ask for one."""
    key_file: Path | None = None
    """The private key of our certificate."""
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How we say who we are."""
    username: str = ""
    """Who we are, also SHADOWGRAPH_KAFKA_USERNAME."""
    password_file: Path | None = None
    """File that holds the password; SHADOWGRAPH_KAFKA_PASSWORD goes before it."""
    password: str = ""
    """From the variable or the file, never from the settings file itself."""
    partitions: Partitions = 4
    """Partitions of events and of signals: the most workers of an act that can share them."""
    replication: Annotated[int, Meta(ge=1, le=15)] = 1
    """Copies of every partition; 3 where losing a broker must lose nothing."""
    session_timeout: Annotated[float, Meta(ge=1, le=1800)] = 10.0
    """After how many silent seconds the partitions of a worker go to another."""
    retention: Retention = 604_800.0
    """For how many seconds records of the logs are kept; compacted topics keep the last of each key."""
    raw: Mapping[Word, Partitions] = {}
    """Partitions of `ai.raw.<source>`, by the name of the source: only these sources are read."""


class Worker(Part, frozen=True, kw_only=True):
    """How a worker runs."""

    bind: Annotated[str, Meta(pattern=r"^[0-9A-Za-z.:_-]+$")] = "127.0.0.1"
    """Address at which health and metrics are served."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 6066
    """Port of the same; 0 takes any that is free."""
    checkpoint: Annotated[int, Meta(ge=1, le=100_000)] = 1000
    """Records of a checkpoint at most."""
    buffer: Annotated[int, Meta(ge=1, le=1000)] = 16
    """Fetched lists of records that may wait before fetching pauses."""
    watchdog: Annotated[float, Meta(ge=10, le=86_400)] = 300.0
    """After how many seconds without a checkpoint, though records wait, the worker ends itself."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged."""


class Elastic(Part, frozen=True, kw_only=True):
    """Where Elasticsearch is, how to get in, and how much goes there at once."""

    url: Url | None = None
    """Such as https://search.example:9200, also SHADOWGRAPH_ELASTIC_URL."""
    prefix: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_]{0,60}$")] = "shadowgraph"
    """What the names of all streams, indices and roles begin with."""
    ca_file: Path | None = None
    """Certificates that the node's own is checked against; the system's unless given."""
    api_key_file: Path | None = None
    """File that holds an API key; SHADOWGRAPH_ELASTIC_API_KEY goes before it."""
    api_key: str = ""
    """From the variable or the file, never from the settings file itself."""
    username: str = ""
    """Who we are, where there is no API key."""
    password_file: Path | None = None
    """File that holds the password; SHADOWGRAPH_ELASTIC_PASSWORD goes before it."""
    password: str = ""
    """From the variable or the file, never from the settings file itself."""
    bulk: Annotated[int, Meta(ge=1, le=100_000)] = 1000
    """Documents of one request at most."""
    bulk_bytes: Annotated[int, Meta(ge=65_536, le=104_857_600)] = 5_242_880
    """Bytes of one request at most."""


class Settings(Part, frozen=True, kw_only=True):
    """What an operator can set; everything has a default."""

    key: bytes = DEMO_KEY
    """Key of every keyed hash: from SHADOWGRAPH_KEY or a key file, never from the settings file itself."""
    demo_key: bool = True
    """No key was given, so that hashes protect nothing: the command line says so loudly."""
    key_file: Path | None = None
    """File that holds the key, also SHADOWGRAPH_KEY_FILE; blanks and line ends around it do not count."""
    store: Annotated[str, Meta(pattern=r"^(sqlite:///|https?://[^/\s]).*")] | None = None
    """Where events and alerts are kept, also SHADOWGRAPH_STORE: `sqlite:///relative`, `sqlite:////absolute`, a node's URL."""
    content: Path | None = None
    """Folder whose `detections` and `enrichers/data` replace ours, also SHADOWGRAPH_CONTENT."""
    lateness: Mapping[str, Seconds] = {}
    """How late the records of a source may come, in seconds, by the name of the source."""
    default_lateness: Seconds = 600.0
    """The same for all other sources."""
    idle: Seconds = 600.0
    """After how many seconds without a record a log no longer holds the others back."""
    batch: Annotated[int, Meta(ge=1, le=100_000)] = 1000
    """Records between two commits."""
    kafka: Kafka = Kafka()
    worker: Worker = Worker()
    elastic: Elastic = Elastic()

    def lateness_of(self, source: str) -> float:
        """Give how late, in seconds, the records of a source may come."""
        return self.lateness.get(source, self.default_lateness)
