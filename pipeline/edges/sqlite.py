"""The embedded store: one SQLite file with outputs, memories and positions in one transaction. The only import of sqlite3."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import orjson

from pipeline.alert import Alert, Standing
from pipeline.decide import Docket
from pipeline.edges.alertstate import merged, told
from pipeline.edges.checkpoint import Checkpoint
from pipeline.edges.embedded import Position
from pipeline.errors import ContentError, Outage, Problem
from pipeline.event import Fields, Verdict
from pipeline.record import Reject
from pipeline.states import AllStates, States
from pipeline.suspect import Memory

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, time REAL, risk REAL, person TEXT, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alerts (id TEXT PRIMARY KEY, time REAL, risk REAL, person TEXT, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS standings (subject TEXT PRIMARY KEY, risk REAL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rejects (log TEXT, line INTEGER, reason TEXT, PRIMARY KEY (log, line, reason));
CREATE TABLE IF NOT EXISTS words (number INTEGER PRIMARY KEY, alert TEXT NOT NULL, time TEXT, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS memories (act TEXT, key TEXT, due REAL, state BLOB, PRIMARY KEY (act, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS clocks (act TEXT PRIMARY KEY, clock BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS positions (log TEXT PRIMARY KEY, position BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS alerts_text USING fts5(message, names, content='');
"""
"""`words` is what analysts say, append-only; a run never writes it. `alerts_text` finds alerts by words."""

PREFIXED = {
    "events": "SELECT id, doc FROM events WHERE id >= ? AND id < ? ORDER BY id LIMIT 3",
    "alerts": "SELECT id, doc FROM alerts WHERE id >= ? AND id < ? ORDER BY id LIMIT 3",
}

PAGE, LOG_PAGES = 16384, 4000
"""Bytes of a page and pages of the write-ahead log: documents of 2 KB are written three times as fast as by default."""

FORM = 1
"""Number of the schema, kept as `user_version`."""


class SqliteStore:
    """A store in one file. Raises ContentError where the file is no store, Outage where it cannot be written now."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        if not create and not path.is_file():
            remedy = "run `shadowgraph run PATH --store sqlite:///FILE` first, or name the store"
            raise ContentError([Problem(str(path), 1, "no such store", remedy)])
        try:
            self._base = sqlite3.connect(path, isolation_level=None, timeout=10)
            try:
                self._prepare(create=create)
            except sqlite3.Error:
                self.close()
                raise
        except sqlite3.Error as error:
            raise ContentError(
                [Problem(str(path), 1, f"cannot be used as a store: {error}", "name another file")]
            ) from error

    def load(self) -> tuple[AllStates, dict[str, Position]]:
        """Give the memories and positions of the last commit."""
        states = AllStates(self._states("suspect", Memory), self._states("decide", Docket))
        rows = self._base.execute("SELECT log, position FROM positions").fetchall()
        return states, {log: msgspec.msgpack.decode(position, type=Position) for log, position in rows}

    def commit(self, checkpoint: Checkpoint, positions: dict[str, Position], counts: Counter[str]) -> None:
        """Keep all of a batch in one transaction, or nothing. The first document of an event stands."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")  # noqa: TID251 - an edge: the store says when it took it
        with self._transaction() as base:
            _keep(base, checkpoint.outputs, now)
            for act, saved in checkpoint.changed.items():
                gone = [(act, key) for key, state in saved.states.items() if state is None]
                kept = [
                    (act, key, saved.due[key], state)
                    for key, state in saved.states.items()
                    if state is not None
                ]
                base.executemany("DELETE FROM memories WHERE act = ? AND key = ?", gone)
                base.executemany("INSERT OR REPLACE INTO memories VALUES (?, ?, ?, ?)", kept)
                base.execute("INSERT OR REPLACE INTO clocks VALUES (?, ?)", (act, saved.clock))
            rows = [(log, msgspec.msgpack.encode(position)) for log, position in positions.items()]
            base.executemany("INSERT OR REPLACE INTO positions VALUES (?, ?)", rows)
            add = "INSERT INTO counts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value"
            base.executemany(add, [(name, value) for name, value in counts.items() if value])

    def alerts(self) -> Iterator[Fields]:
        """Give all alerts, the greatest risk first, each with what analysts said last."""
        words = self._words()
        for key, doc in self._base.execute("SELECT id, doc FROM alerts ORDER BY risk DESC, time, id"):
            yield told(orjson.loads(doc), words.get(key, ()))

    def find(self, table: str, prefix: str) -> list[Fields]:
        """Give the events or alerts (`table`) whose id begins with this; at most three, enough to see that it is not unique."""
        query = PREFIXED[table]
        words = self._words() if table == "alerts" else {}
        rows = self._base.execute(query, (prefix, prefix + "\U0010ffff")).fetchall()
        exact = [row for row in rows if row[0] == prefix]
        return [told(orjson.loads(doc), words.get(key, ())) for key, doc in exact or rows]

    def events(self, ids: list[str]) -> list[Fields]:
        """Give events by id, in order of time."""
        marks = ",".join("?" * len(ids))
        rows = self._base.execute(f"SELECT doc FROM events WHERE id IN ({marks}) ORDER BY time, id", ids)  # noqa: S608 - marks only
        return [orjson.loads(doc) for (doc,) in rows]

    def every_event(self) -> Iterator[Fields]:
        """Give all events, in no order: sorting all documents would cost more than it is worth."""
        for (doc,) in self._base.execute("SELECT doc FROM events"):
            yield orjson.loads(doc)

    def newest(self) -> float | None:
        """Give the time of the newest event, in epoch seconds."""
        (time,) = self._base.execute("SELECT max(time) FROM events").fetchone()
        return time  # type: ignore[no-any-return]

    def mentioning(self, name: str) -> Iterator[Fields]:
        """Give the events in which a field or member is just this text, in order of time; case counts beyond ASCII alone."""
        query = "SELECT doc FROM events WHERE instr(doc, ?) > 0 OR instr(lower(doc), ?) > 0 ORDER BY time, id"
        for (doc,) in self._base.execute(query, (_json(name), _json(name.lower()))):
            yield orjson.loads(doc)

    def alerts_of(self, event: str) -> list[Fields]:
        """Give the alerts that name an event."""
        return [alert for alert in self.alerts() if event in alert.get("ai.alert.events", ())]

    def searched(self, words: str) -> set[str]:
        """Give the ids of alerts with these words in title, names or rule."""
        phrase = " ".join('"' + word.replace('"', '""') + '"' for word in words.split())
        query = "SELECT alerts.id FROM alerts_text JOIN alerts ON alerts.rowid = alerts_text.rowid WHERE alerts_text MATCH ?"
        return {key for (key,) in self._base.execute(query, (phrase,))} if phrase else set()

    def standings(self) -> list[tuple[str, Fields]]:
        """Give all standings, the greatest risk first."""
        rows = self._base.execute("SELECT subject, doc FROM standings ORDER BY risk DESC, subject")
        return [(subject, orjson.loads(doc)) for subject, doc in rows]

    def say(self, alert: str, word: Fields) -> None:
        """Add what an analyst says of an alert."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")  # noqa: TID251 - an edge: when it was said
        with self._transaction() as base:
            base.execute("INSERT INTO words (alert, time, doc) VALUES (?, ?, ?)", (alert, now, _json(word)))

    def counts(self) -> dict[str, int]:
        """Give how many records, events, idle ones and rejects there were."""
        return dict(self._base.execute("SELECT name, value FROM counts ORDER BY name").fetchall())

    def rejects(self) -> list[tuple[str, int, str]]:
        """Give the dead letters: log, line and reason."""
        return self._base.execute("SELECT log, line, reason FROM rejects ORDER BY log, line").fetchall()

    def close(self) -> None:
        """Let the file go."""
        self._base.close()

    def _prepare(self, *, create: bool) -> None:
        (form,) = self._base.execute("PRAGMA user_version").fetchone()
        if form not in (0, FORM):
            raise sqlite3.DatabaseError(
                f"it was written by another version (form {form}, this one is {FORM})"
            )
        if form == 0 and not create:
            raise sqlite3.DatabaseError("it is no store of shadowgraph")
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        if create:
            self._base.execute(f"PRAGMA page_size = {PAGE}")
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.executescript(SCHEMA)
            self._base.execute(f"PRAGMA user_version = {FORM}")

    def _states(self, act: str, kind: type[Any]) -> States[Any]:
        rows = self._base.execute("SELECT key, due, state FROM memories WHERE act = ?", (act,))
        saved = {key: (due, state) for key, due, state in rows}
        clock = self._base.execute("SELECT clock FROM clocks WHERE act = ?", (act,)).fetchone()
        return States(act, kind, saved, clock[0] if clock else b"")

    def _words(self) -> dict[str, list[Fields]]:
        found: dict[str, list[Fields]] = {}
        for alert, doc in self._base.execute("SELECT alert, doc FROM words ORDER BY number"):
            found.setdefault(alert, []).append(orjson.loads(doc))
        return found

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._base.execute("BEGIN IMMEDIATE")
            yield self._base
            self._base.execute("COMMIT")
        except sqlite3.Error as error:
            with closing(self._base):
                raise Outage(f"the store {self.path} cannot be written: {error}") from error


def _keep(base: sqlite3.Connection, outputs: Iterable[Any], now: str) -> None:
    events, standings, letters = [], [], []
    for output in outputs:
        if isinstance(output, Verdict):
            event, fields = output.event, output.event.fields
            doc = _stamped(fields, now)
            events.append((event.id, event.time, output.risk, _person(fields), doc))
        elif isinstance(output, Standing):
            standings.append((output.subject, output.fields["ai.entity.risk"], _json(output.fields)))
        elif isinstance(output, Alert):
            _keep_alert(base, output, now)
        elif isinstance(output, Reject):
            letters.append((output.place.log, output.place.offset, output.reason))
    base.executemany("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?)", events)
    base.executemany("INSERT OR REPLACE INTO standings VALUES (?, ?, ?)", standings)
    base.executemany("INSERT OR IGNORE INTO rejects VALUES (?, ?, ?)", letters)


def _keep_alert(base: sqlite3.Connection, alert: Alert, now: str) -> None:
    before = base.execute("SELECT doc FROM alerts WHERE id = ?", (alert.id,)).fetchone()
    fields = merged(orjson.loads(before[0]), alert.fields) if before else alert.fields
    doc = _stamped(fields, now)
    row = (alert.id, alert.time, fields["ai.risk.score"], _person(fields), doc)
    (number,) = base.execute(
        "INSERT INTO alerts VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "time = excluded.time, risk = excluded.risk, doc = excluded.doc RETURNING rowid",
        row,
    ).fetchone()
    names = " ".join(str(fields.get(name, "")) for name in NAMES)
    base.execute(
        "INSERT OR REPLACE INTO alerts_text (rowid, message, names) VALUES (?, ?, ?)",
        (number, fields["message"], names),
    )


NAMES = (
    "rule.id",
    "rule.name",
    "user.id",
    "user.name",
    "user.email",
    "gen_ai.agent.id",
    "ai.app.id",
    "ai.app.name",
    "ai.task.id",
    "host.name",
)


def _person(fields: Fields) -> str | None:
    person: str | None = fields.get("user.id") or fields.get("user.email") or fields.get("user.name")
    return person


def _stamped(fields: Fields, now: str) -> str:
    """Write fields with the time of their arrival before them; a copy of them would cost more."""
    return f'{{"event.ingested":"{now}",{orjson.dumps(fields)[1:].decode()}'


def _json(fields: Any) -> str:
    return orjson.dumps(fields).decode()
