"""The public APIs of Kibana that `setup kibana` speaks to, as strict as their documentation, without a screen behind them."""

import json
import re
from contextlib import contextmanager
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from pipeline.dashboards.check import ATTRIBUTES, KEYS
from pipeline.dashboards.objects import VERSIONS

VIEW = frozenset(
    "id title name timeFieldName allowNoIndex sourceFilters fieldFormats runtimeFieldMap".split()
)
UPDATED = VIEW - {"id"}


class Stub:
    """What a Kibana holds: objects by space, kind and id; and how it answers."""

    def __init__(self):
        self.version, self.spaces = "8.19.9", {"default", "soc"}
        self.objects, self.requests, self.answer, self.who = {}, [], None, ""
        self.refused, self.limit = (), 10_000

    def held(self, space="default"):
        return {key[1:]: body for key, body in self.objects.items() if key[0] == space}

    def writes(self):
        return [way for method, way in self.requests if method == "POST" and "_export" not in way]


@contextmanager
def kibana():
    """Serve a stub on this machine."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self._answer("GET", b"")

        def do_POST(self):
            self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, method, body):
            stub.requests.append((method, self.path))
            status, told = stub.answer or answered(stub, method, self.path, self.headers, body)
            sent = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        stub.url = f"http://127.0.0.1:{server.server_port}"
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wrong(status, words, **more):
    return status, {"statusCode": status, "error": words, "message": words, **more}


def answered(stub, method, path, headers, body):
    parts = urlsplit(path)
    found = re.fullmatch(r"(?:/s/([a-z0-9_-]+))?(/api/.*)", parts.path)
    if stub.who and headers.get("Authorization") != stub.who:
        return wrong(401, "Unauthorized")
    if not found:
        return wrong(404, "Not Found")
    space, way = found[1] or "default", found[2]
    if method == "POST" and "kbn-xsrf" not in headers:
        return wrong(400, "Request must contain a kbn-xsrf header.")
    if space not in stub.spaces:
        return wrong(404, "Not Found")
    if way == "/api/status":
        return 200, {
            "name": "stub",
            "version": {"number": stub.version},
            "status": {"overall": {"level": "available"}},
        }
    if way.startswith("/api/spaces/space/"):
        name = way.rpartition("/")[2]
        return (200, {"id": name}) if name in stub.spaces else wrong(404, "Not Found")
    if way.startswith("/api/data_views/data_view"):
        if method == "POST" and headers["Content-Type"] != "application/json":
            return wrong(415, "Unsupported Media Type")
        key = way.removeprefix("/api/data_views/data_view").strip("/")
        return views(stub, space, key, json.loads(body) if method == "POST" else None)
    if method == "POST" and way == "/api/saved_objects/_export":
        return exported(stub, space, json.loads(body))
    if method == "POST" and way == "/api/saved_objects/_import":
        return imported(stub, space, parse_qs(parts.query), headers, body)
    return wrong(404, "Not Found")


def views(stub, space, key, asked):
    if asked is None:
        found = stub.held(space).get(("index-pattern", key))
        return (200, {"data_view": found}) if found else wrong(404, "Not Found")
    view = asked["data_view"]
    if set(asked) - {"data_view", "override", "refresh_fields"} or set(view) - (UPDATED if key else VIEW):
        return wrong(400, "[request body]: definition for this key is missing")
    if key:
        if (space, "index-pattern", key) not in stub.objects:
            return wrong(404, "Not Found")
        stub.objects[space, "index-pattern", key] |= view
        return 200, {"data_view": stub.objects[space, "index-pattern", key]}
    if any(kind == "index-pattern" and other == view["id"] for _, kind, other in stub.objects):
        return wrong(409, "Conflict")
    if any(
        k == "index-pattern" and held["name"] == view["name"] for (k, _), held in stub.held(space).items()
    ):
        return wrong(400, "Duplicate data view")
    stub.objects[space, "index-pattern", view["id"]] = view
    return 200, {"data_view": view}


def exported(stub, space, asked):
    held = stub.held(space)
    if len(asked["objects"]) > stub.limit:
        return wrong(400, f"Can't export more than {stub.limit} objects")
    missing = [one for one in asked["objects"] if (one["type"], one["id"]) not in held]
    if missing:
        errors = [one | {"error": {"statusCode": 404, "message": "Not found"}} for one in missing]
        return wrong(400, "Bad Request", attributes={"objects": errors})
    found = [held[one["type"], one["id"]] for one in asked["objects"]]
    return 200, b"\n".join(json.dumps(one).encode() for one in found)


def imported(stub, space, options, headers, body):
    kind = headers["Content-Type"].encode()
    form = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + body)
    (part,) = form.iter_parts()
    told = part["Content-Disposition"].params
    if told.get("name") != "file" or not told.get("filename", "").endswith(".ndjson"):
        return wrong(400, "[request body.file]: expected value of type [Stream]")
    objects = [json.loads(line) for line in part.get_payload(decode=True).splitlines() if line]
    errors = [error for one in objects if (error := refused(stub, space, options, objects, one))]
    if not errors:
        stub.objects.update({(space, one["type"], one["id"]): one for one in objects})
    done = 0 if errors else len(objects)
    return 200, {"success": not errors, "successCount": done, "errors": errors}


def refused(stub, space, options, objects, one):
    there = set(stub.held(space)) | {(other["type"], other["id"]) for other in objects}
    kind = ""
    if set(one) != KEYS or one["typeMigrationVersion"] > VERSIONS.get(one["type"], ""):
        kind = "unsupported_type"
    elif set(one["attributes"]) - ATTRIBUTES[one["type"]] or one["attributes"]["title"] in stub.refused:
        kind = "unknown"
    elif any((r["type"], r["id"]) not in there for r in one["references"] if r["type"] != "dashboard"):
        kind = "missing_references"
    elif (one["type"], one["id"]) in stub.held(space) and options.get("overwrite") != ["true"]:
        kind = "conflict"
    return {"type": one["type"], "id": one["id"], "error": {"type": kind}} if kind else None
