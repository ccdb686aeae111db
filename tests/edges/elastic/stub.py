"""A node that answers what a test wants, in the place of a client."""

import orjson
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elastic_transport import ConnectionError as Unreachable
from elasticsearch import ApiError

NODE = NodeConfig("http", "192.0.2.1", 9200)


def meta(status):
    return ApiResponseMeta(status, "1.1", HttpHeaders(), 0.0, NODE)


def no(status, kind="some_exception"):
    """A request that failed as a whole."""
    return ApiError("no", meta(status), {"error": {"type": kind, "reason": "sk-secret"}, "status": status})


class Stub:
    """Takes bulk requests; `answer` gives, for the n-th one and its ids, an error or the status of each."""

    up = False
    """Whether it answers a small question."""

    def __init__(self, answer):
        self.answer, self.requests, self.slept = answer, [], []

    async def bulk(self, *, operations, filter_path, timeout):  # noqa: ASYNC109 - the client's signature
        assert ("items.*.status" in filter_path, timeout) == (True, "5s")
        ids = [next(iter(orjson.loads(part).values()))["_id"] for part in operations[::2]]
        self.requests.append(ids)
        found = self.answer(len(self.requests) - 1, ids)
        if isinstance(found, Exception):
            raise found
        return {"items": [{"create": self._item(status)} for status in found]}

    async def perform_request(self, method, path, *, headers):
        assert (method, path, headers) == ("GET", "/_security/_authenticate", {"accept": "application/json"})
        if not self.up:
            raise Unreachable("gone")
        raise no(405)

    async def sleep(self, seconds):
        self.slept.append(seconds)

    @staticmethod
    def _item(status):
        if status < 300:
            return {"status": status}
        kind = {400: "document_parsing_exception", 409: "version_conflict_engine_exception"}.get(
            status, "busy"
        )
        return {"status": status, "error": {"type": kind, "reason": "sk-secret"}}
