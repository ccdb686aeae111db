"""Visits to the web, as the proxy of the person's site sees them: Zscaler at the main site, Netskope at home, Squid at the branch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from pipeline.simulate.chance import about, token
from pipeline.simulate.clock import spaced
from pipeline.simulate.scene import Line, Scene

ZSCALER, NETSKOPE, SQUID = "zscaler.jsonl", "netskope.jsonl", "squid.log"
_BROWSERS = {
    "windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/143.0.0.0 Safari/537.36",
    "macos": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.2 Safari/605.1.15",
    "linux": "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0",
}
_QUOTED = {system: quote(agent, safe="") for system, agent in _BROWSERS.items()}


class Visit(Struct):
    """A request to a web page."""

    domain: str
    path: str = "/"
    method: str = "GET"
    app: str = "General Browsing"
    category: str = "Business"
    sent: int = 900
    got: int = 60_000
    blocked: bool = False
    file: str = ""


def visit(scene: Scene, at: float, domain: str, **more: Any) -> Iterator[Line]:
    """Open a page; the proxy of the site writes it down."""
    yield _WRITERS[scene.person.site](scene, at, Visit(domain, **more))


def _zscaler(scene: Scene, at: float, seen: Visit) -> Line:
    person, generative = scene.person, seen.category == "Generative AI"
    event = {
        "datetime": spaced(at),
        "event_id": f"74{scene.dice.getrandbits(54):017d}",
        "user": person.email,
        "department": quote(person.department.title()),
        "location": "Main%20Site",
        "ClientIP": person.ip,
        "clientpublicIP": "198.51.100.9",
        "serverip": f"203.0.113.{scene.dice.getrandbits(7) + 20}",
        "protocol": "HTTPS",
        "requestmethod": seen.method,
        "status": "403" if seen.blocked else "200",
        "hostname": seen.domain,
        "url": seen.domain + seen.path,
        "refererURL": "None",
        "useragent": _QUOTED[scene.device.os],
        "requestsize": str(seen.sent),
        "responsesize": str(seen.got),
        "transactionsize": str(seen.sent + seen.got),
        "contenttype": "text/html",
        "appname": quote(seen.app),
        "appclass": "Generative AI" if generative else "General Browsing",
        "urlcategory": "AI & ML Applications" if generative else seen.category,
        "urlsupercategory": "Information Technology" if generative else "Business and Economy",
        "urlclass": "Business Use",
        "action": "Blocked" if seen.blocked else "Allowed",
        "reason": "Not allowed to use this app" if seen.blocked else "Allowed",
        "rulelabel": "GenAI%20banned" if seen.blocked else "Default",
        "dlpengine": "None",
        "dlpdictionaries": "None",
        "filetype": "None",
        "fileclass": "None",
        "threatname": "None",
        "threatcategory": "None",
        "pagerisk": "0",
        "deviceowner": person.id.partition(".")[0],
        "devicehostname": scene.device.name,
        "vendor": "Zscaler",
        "product": "NSS",
    }
    if seen.file:
        event["filename"] = quote(seen.file)
    return Line(at, ZSCALER, {"sourcetype": "zscalernss-web", "event": event})


def _netskope(scene: Scene, at: float, seen: Visit) -> Line:
    person, device = scene.person, scene.device
    body = {
        "_id": token(scene.dice, 24),
        "type": "nspolicy" if seen.file or seen.blocked else "page",
        "timestamp": int(at),
        "record_type": "application" if seen.file else "page",
        "access_method": "Client",
        "traffic_type": "CloudApp",
        "user": person.email,
        "ur_normalized": person.email,
        "userip": f"10.8.{scene.dice.getrandbits(6)}.7",
        "srcip": "203.0.113.9",
        "dstport": 443,
        "hostname": device.name,
        "os": device.os.title(),
        "device_classification": "managed" if device.managed else "unmanaged",
        "useragent": _BROWSERS[device.os],
        "app": seen.app,
        "appcategory": seen.category,
        "category": seen.category,
        "site": seen.app,
        "activity": "Upload" if seen.file else "Browse",
        "action": "block" if seen.blocked else "allow",
        "policy": "GenAI banned" if seen.blocked else "Default",
        "page": seen.domain,
        "url": seen.domain + seen.path,
        "object": seen.file,
        "object_type": "File" if seen.file else "",
        "file_size": seen.sent if seen.file else 0,
        "client_bytes": seen.sent,
        "server_bytes": seen.got,
        "request_id": scene.dice.getrandbits(62),
    }
    return Line(at, NETSKOPE, body)


def _squid(scene: Scene, at: float, seen: Visit) -> Line:
    took = int(about(scene.dice, 1500.0))
    code = "TCP_DENIED/403" if seen.blocked else "TCP_TUNNEL/200"
    peer = "HIER_NONE/-" if seen.blocked else f"HIER_DIRECT/203.0.113.{scene.dice.getrandbits(7) + 20}"
    text = f"{at:.3f} {took:6d} {scene.person.ip} {code} {seen.got} CONNECT {seen.domain}:443 {scene.person.id} {peer} -"
    return Line(at, SQUID, text)


_WRITERS = {"main": _zscaler, "home": _netskope, "branch": _squid}
