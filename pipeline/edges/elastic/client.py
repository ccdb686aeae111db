"""How a node is reached: address, certificates, and who we are."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from elastic_transport import ConnectionError as Unreachable
from elastic_transport import ConnectionTimeout, TlsError
from elasticsearch import ApiError, AsyncElasticsearch, Elasticsearch, OrjsonSerializer
from msgspec.structs import replace

from pipeline.edges.elastic.settle import Refused, refusal
from pipeline.errors import ContentError, Outage, Problem
from pipeline.settings import Elastic

PATIENCE = 30.0
"""Seconds that one request may take."""

logging.getLogger("elastic_transport").setLevel(logging.ERROR)
"""An outage is said once by us, not once for each try by the client."""


def placed(url: str, given: Elastic) -> Elastic:
    """Give the settings for the node that a store's URL names; a name in it is who we are.

    A password in a URL would be seen by everybody who sees the command.
    """
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise _fault(f"{parts.scheme}://...", "is no address of a node", "write https://host:9200")
    if parts.password is not None:
        remedy = "set SHADOWGRAPH_ELASTIC_PASSWORD, or name a file with elastic.password_file"
        raise _fault(f"{parts.scheme}://{host}", "holds a password", remedy)
    where = f"[{host}]" if ":" in host else host
    bare = f"{parts.scheme}://{where}:{port or 9200}{parts.path.rstrip('/')}"
    if parts.username:
        return replace(given, url=bare, username=parts.username, api_key="")
    return replace(given, url=bare)


def reached(given: Elastic, *, patience: float = PATIENCE) -> AsyncElasticsearch:
    """Make a client for the sink; it connects when it is first used."""
    return AsyncElasticsearch(**_options(given), request_timeout=patience, max_retries=0)


def asked(given: Elastic, *, patience: float = PATIENCE) -> Elasticsearch:
    """Make a client for commands that ask and answer."""
    return Elasticsearch(**_options(given), request_timeout=patience, max_retries=0)


def failure(error: Exception, url: str) -> Exception:
    """Say what went wrong between us and a node: Refused, or an Outage that may pass."""
    if isinstance(error, TlsError):
        return Refused(
            f"the certificate of {url} is not trusted: set elastic.ca_file to its CA, or correct the name"
        )
    if isinstance(error, ConnectionTimeout | TimeoutError):
        return Outage(f"Elasticsearch at {url} does not answer in time")
    if isinstance(error, Unreachable):
        return Outage(
            f"Elasticsearch at {url} cannot be reached: is it up, and is it {url.partition(':')[0]}?"
        )
    if isinstance(error, ApiError):
        return Refused(refusal(error.meta.status, kind_of(error)))
    return error


def kind_of(error: ApiError) -> str:
    """Name the kind of a node's error; its words may quote what was sent."""
    body: Any = error.body
    told = body.get("error") if isinstance(body, dict) else None
    return str(told.get("type", "unknown")) if isinstance(told, dict) else "unknown"


def _options(given: Elastic) -> dict[str, Any]:
    options: dict[str, Any] = {"hosts": [given.url], "serializer": OrjsonSerializer()}
    if given.ca_file is not None:
        options["ca_certs"] = str(given.ca_file)
    if given.username:
        options["basic_auth"] = (given.username, given.password)
    elif given.api_key:
        options["api_key"] = given.api_key
    return options


def _fault(place: str, fault: str, remedy: str) -> ContentError:
    return ContentError([Problem(place, 1, fault, remedy)])
