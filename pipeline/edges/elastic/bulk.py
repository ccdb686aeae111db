"""Send lines until each of them is settled, whatever happens to the node meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, TypeVar

from elastic_transport import ConnectionError as Unreachable
from elastic_transport import ConnectionTimeout, TlsError
from elasticsearch import ApiError, AsyncElasticsearch
from msgspec import Struct

from pipeline.edges.elastic.client import failure, kind_of
from pipeline.edges.elastic.settle import Letter, Line, Round, settled, whole

ANSWERED = "errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.failure_store"
"""What we want to know of each item; without the status, items that went well would be left out and the rest shift."""

IN_FLIGHT = 2
"""Requests at a time: the node works on one while the next is on its way."""

FIRST, MOST, QUIET = 0.5, 15.0, 60.0
"""Seconds of the first and of the longest wait, and between two remarks about it."""

SHARDS = "5s"
"""How long a node itself waits for a shard: less than we wait for the node, so that it says why."""

GIANT = 32 * 1024 * 1024
"""Bytes of a document that is not even tried: nodes close the connection on what is beyond their limit, as in an outage."""

JSON = {"accept": "application/json"}

LOST = (Unreachable, ConnectionTimeout, TimeoutError)
"""A request of which nobody knows what became."""
TRUSTED = 4
"""How often a request may be lost before we ask whether the node is up: then it is the request that it cannot take.

A node or proxy that finds a request too big may close the connection before it has said so.
"""

T = TypeVar("T")


class Limits(Struct, frozen=True):
    """How much goes into one request, documents and bytes, and after how many seconds it is given up.

    The client has a limit of its own, but can get stuck beyond it: a node that says no before it has read a request
    closes the connection on what is still being written.
    """

    lines: int = 500
    size: int = 5 * 1024 * 1024
    seconds: float = 45.0


class Patience:
    """Waits longer and longer; says so at first and then once a minute, and says when it is over."""

    def __init__(
        self, say: Callable[[str], None], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._say, self._sleep = say, sleep
        self._waited, self._next = 0.0, 0.0

    async def wait(self, tries: int, why: str) -> None:
        """Wait after the n-th try, counted from 0."""
        if self._waited >= self._next:
            self._say(f"waiting for Elasticsearch, {self._waited:.0f} s so far: {why}")
            self._next = self._waited + QUIET
        seconds = min(MOST, FIRST * 2 ** min(tries, 10))
        self._waited += seconds
        await self._sleep(seconds)

    def over(self) -> None:
        """Note that the node answers."""
        if self._waited:
            self._say(f"Elasticsearch answers again, after {self._waited:.0f} s of waiting")
            self._waited = self._next = 0.0


class Bulk:
    """Bulk requests to one node. `letter` takes what can never be indexed."""

    def __init__(
        self,
        client: AsyncElasticsearch,
        url: str,
        *,
        letter: Callable[[Letter], None],
        patience: Patience,
        limits: Limits | None = None,
    ) -> None:
        self._client, self._url = client, url
        self._letter, self._patience, self._limits = letter, patience, limits or Limits()

    async def put(self, lines: Sequence[Line]) -> tuple[Counter[str], list[Line]]:
        """Send lines; give how many were written, known or rejected, and the stale ones, when all are settled.

        Waits as long as it takes. Raises Refused where waiting cannot help; then nothing is known of the rest.
        """
        chunks, done, stale = chunked(lines, self._limits), Counter[str](), list[Line]()

        async def drain() -> None:
            for chunk in chunks:
                await self._settle(chunk, done, stale)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(IN_FLIGHT):
                    group.create_task(drain())
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        return done, stale

    async def ask(self, request: Callable[[], Awaitable[T]]) -> T:
        """Ask until there is an answer. Raises Refused where waiting cannot help."""
        tries = 0
        while True:
            try:
                async with asyncio.timeout(self._limits.seconds):
                    answer = await request()
            except (*LOST, ApiError) as error:
                why = self._reason_to_wait(error)
            else:
                self._patience.over()
                return answer
            await self._patience.wait(tries, why)
            tries += 1

    async def _settle(self, lines: list[Line], done: Counter[str], stale: list[Line]) -> None:
        tries = 0
        if len(lines) == 1 and len(lines[0].document) > GIANT:
            done["rejected"] += 1
            self._letter(
                Letter(lines[0].id, f"Elasticsearch does not take it: it has more than {GIANT} bytes")
            )
            return
        while lines:
            try:
                found = await self._once(lines)
            except ApiError as error:
                what = whole(error.meta.status, len(lines), tries)
                if what == "halve":
                    await self._halve(lines, done, stale)
                    return
                if what == "rejected":
                    found = _spoiled(lines[0], error)
                elif what == "refused":
                    raise failure(error, self._url) from None
                else:
                    found = Round(Counter(), [], lines, [], f"{kind_of(error)} ({error.meta.status})")
            except LOST as error:
                why = self._reason_to_wait(error)
                spoilt = tries >= TRUSTED and await self._is_up()
                if spoilt and len(lines) > 1:
                    await self._halve(lines, done, stale)
                    return
                found = _dropped(lines[0]) if spoilt else Round(Counter(), [], lines, [], why)
            done.update(found.done)
            stale += found.stale
            for letter in found.letters:
                self._letter(letter)
            lines = found.again
            if lines:
                await self._patience.wait(tries, found.why)
                tries += 1
            elif not found.letters:
                self._patience.over()

    async def _is_up(self) -> bool:
        try:
            async with asyncio.timeout(self._limits.seconds):
                await self._client.perform_request("GET", "/_security/_authenticate", headers=JSON)
        except ApiError:
            return True
        except LOST:
            return False
        return True

    async def _halve(self, lines: list[Line], done: Counter[str], stale: list[Line]) -> None:
        for half in (lines[: len(lines) // 2], lines[len(lines) // 2 :]):
            await self._settle(half, done, stale)

    async def _once(self, lines: list[Line]) -> Round:
        parts: list[Any] = [part for line in lines for part in (line.action, line.document)]
        async with asyncio.timeout(self._limits.seconds):
            reply = await self._client.bulk(operations=parts, filter_path=ANSWERED, timeout=SHARDS)
        return settled(lines, reply["items"])

    def _reason_to_wait(self, error: Exception) -> str:
        """Say why waiting may help; raise what it cannot help against."""
        waiting = isinstance(error, LOST) and not isinstance(error, TlsError)
        if isinstance(error, ApiError):
            waiting = whole(error.meta.status, 1, 0) == "again"
        found = failure(error, self._url)
        if not waiting:
            raise found from None
        return str(found)


def chunked(lines: Sequence[Line], limits: Limits) -> Iterator[list[Line]]:
    """Cut lines into requests that are neither too long nor too big; a line that is too big goes alone."""
    chunk: list[Line] = []
    size = 0
    for line in lines:
        weight = len(line.action) + len(line.document) + 2
        if chunk and (len(chunk) >= limits.lines or size + weight > limits.size):
            yield chunk
            chunk, size = [], 0
        chunk.append(line)
        size += weight
    if chunk:
        yield chunk


def _dropped(line: Line) -> Round:
    words = "Elasticsearch closes the connection on it: it may be too big"
    return Round(Counter(rejected=1), [Letter(line.id, words)], [], [], "")


def _spoiled(line: Line, error: ApiError) -> Round:
    words = f"Elasticsearch does not take it: {kind_of(error)} ({error.meta.status})"
    return Round(Counter(rejected=1), [Letter(line.id, words)], [], [], "")
