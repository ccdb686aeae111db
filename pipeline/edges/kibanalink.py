"""Speak to Kibana: one request, one answer, who we are in every one of them."""

from __future__ import annotations

import http.client
import ssl
from base64 import b64encode
from contextlib import closing
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from pipeline.edges.elastic.settle import Refused
from pipeline.errors import ContentError, Outage, Problem
from pipeline.settings import Elastic

PATIENCE = 60.0
"""Seconds that one request may take; an import may be slow."""
LONGEST = 32 * 1024 * 1024
"""Bytes of an answer that we read at most."""
PORTS = {"http": 80, "https": 443}

NOT_US = {
    401: "Kibana does not know who we are: set SHADOWGRAPH_ELASTIC_API_KEY, or elastic.username and its password",
    403: "Kibana knows us and forbids it: the role needs all privileges of Dashboard, Discover and Data View Management",
}


class Link:
    """The way to one Kibana and one of its spaces. Certificates and who we are come from the settings of Elasticsearch."""

    def __init__(self, url: str, given: Elastic, *, space: str = "") -> None:
        parts = urlsplit(url)
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        secret = parts.username or parts.password is not None
        if parts.scheme not in PORTS or not host or parts.query or parts.fragment or secret:
            remedy = "write https://host:5601, and who we are in the settings of elastic"
            raise ContentError([Problem("--url", 1, "is no address of Kibana", remedy)])
        self._host, self._port = host, port or PORTS[parts.scheme]
        self._secure, self._path = parts.scheme == "https", parts.path.rstrip("/")
        self.url = f"{parts.scheme}://{parts.netloc}{self._path}"
        self.space = "" if space == "default" else space
        self._given = given

    def ask(
        self, method: str, way: str, body: Any = None, *, everywhere: bool = False
    ) -> tuple[int, dict[str, Any]]:
        """Ask with JSON, in our space unless `everywhere`; give status and what was answered."""
        sent = b"" if body is None else orjson.dumps(body)
        return self.send(method, way, sent, kind="application/json", everywhere=everywhere)

    def send(
        self, method: str, way: str, body: bytes, *, kind: str, everywhere: bool = False
    ) -> tuple[int, dict[str, Any]]:
        """Send bytes of a kind; give status and what was answered.

        Raises Outage where nobody answers or Kibana is not ready, Refused where it does not know us or forbids it.
        """
        space = f"/s/{quote(self.space, safe='')}" if self.space and not everywhere else ""
        headers = {"kbn-xsrf": "true", "Accept": "*/*", **self._who()}
        if body:
            headers["Content-Type"] = kind
        try:
            with closing(self._connection()) as connection:
                connection.request(method, f"{self._path}{space}{way}", body or None, headers)
                answer = connection.getresponse()
                status, told = answer.status, answer.read(LONGEST)
        except ssl.SSLCertVerificationError:
            raise Refused(
                f"the certificate of {self.url} is not trusted: set elastic.ca_file to its CA"
            ) from None
        except (OSError, http.client.HTTPException):
            raise Outage(
                f"Kibana at {self.url} cannot be reached: is it up, and is it {self._kind()}?"
            ) from None
        if status in NOT_US:
            raise Refused(NOT_US[status])
        if status in {429, 502, 503, 504}:
            raise Outage(f"Kibana at {self.url} is not ready ({status}): try again in a minute")
        return status, _read(told)

    def _kind(self) -> str:
        return "https" if self._secure else "http"

    def _connection(self) -> http.client.HTTPConnection:
        if not self._secure:
            return http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE)
        context = ssl.create_default_context(cafile=self._given.ca_file)
        return http.client.HTTPSConnection(self._host, self._port, timeout=PATIENCE, context=context)

    def _who(self) -> dict[str, str]:
        if self._given.api_key:
            return {"Authorization": f"ApiKey {self._given.api_key}"}
        if self._given.username:
            pair = f"{self._given.username}:{self._given.password}".encode()
            return {"Authorization": f"Basic {b64encode(pair).decode()}"}
        return {}


def _read(body: bytes) -> dict[str, Any]:
    """Read an answer, or the first line of one that has several; an empty mapping where it is none of JSON."""
    try:
        found = orjson.loads(body.split(b"\n{", 1)[0])
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
