"""A node that is stopped, killed, choked, or strange to us: nothing lost, nothing doubled, clear words."""

import base64
import hashlib
import shutil
import subprocess
import threading
import time

import orjson
import pytest

from pipeline.edges.elastic.access import roles
from pipeline.edges.elastic.client import asked
from pipeline.edges.elastic.names import Names
from pipeline.edges.elastic.settle import Refused
from pipeline.edges.elastic.setup import setup
from pipeline.edges.elastic.store import ElasticStore
from pipeline.local.node import Node
from pipeline.settings import Elastic
from tests.services.conftest import QUICK
from tests.services.elastic_cases import Site, verdict, version
from tests.services.offers import started

pytestmark = pytest.mark.xdist_group("services")


@pytest.fixture(scope="module")
def choked(scratch):
    """A node that has little memory for what is being written, and takes no large request."""
    limits = {"indexing_pressure.memory.limit": "1mb", "http.max_content_length": "2mb"}
    node = Node(scratch / "choked", settings=limits, java_options=QUICK, leashed=True)
    with started(node, lambda: node.url):
        yield node


@pytest.fixture
def site(choked):
    found = Site(choked.url)
    yield found
    found.close()


def events(number, size=1000):
    return [verdict(f"e{n}", ai__content__text="x" * size) for n in range(number)]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_node_that_goes_away_and_comes_back_has_everything_once(choked, site, end):
    batches = [events(500)[start : start + 50] for start in range(0, 500, 50)]

    site.index(batches[0])
    writer = threading.Thread(target=site.index, args=(*batches, [version("a")]), daemon=True)
    writer.start()
    getattr(choked, end)()
    time.sleep(1)
    choked.start()
    writer.join(120)
    site.index(*batches, [version("a")])

    assert not writer.is_alive()
    assert site.count(site.names.events) == 500
    assert site.count(site.names.state) == 1


def test_a_node_that_says_too_much_is_sent_less(site):
    (done,) = site.index(events(60, size=40_000), bulk_bytes=800_000)

    assert done["written"] == 60
    assert site.count(site.names.events) == 60


def test_a_document_beyond_the_limit_of_the_node_is_a_dead_letter(site):
    big = verdict("big", ai__content__text="x" * 2_500_000)
    (done,) = site.index([*events(3), big])

    assert dict(done) == {"written": 3, "rejected": 1}
    assert [letter.id for letter in site.letters] == ["big"]


NAMES = Names("guarded")
PASSWORD = "correct horse battery"


def hashed(password):
    salt = bytes(range(32))
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 10_000, 32)
    return "{PBKDF2}10000$" + "$".join(base64.b64encode(part).decode() for part in (salt, key))


def certificates(folder):
    """Make an authority, and a certificate of this machine that it has signed."""
    if shutil.which("openssl") is None:
        pytest.skip("NO SERVICE: there is no openssl to make certificates")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = "subjectAltName=IP:127.0.0.1"
    calls = (
        [*("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca.example")],
        [
            *("req", "-x509", *key, "-keyout", "node.key", "-out", "node.pem", "-subj", "/CN=node.example"),
            *("-CA", "ca.pem", "-CAkey", "ca.key", "-addext", names, "-addext", "basicConstraints=CA:FALSE"),
        ],
        [*("req", "-x509", *key, "-keyout", "other.key", "-out", "other.pem", "-subj", "/CN=other.example")],
    )
    for call in calls:
        subprocess.run(["openssl", *call], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def guarded(scratch):
    """A node with TLS, whose users have our own roles; gives a function from a user's name to settings."""
    folder = scratch / "guarded"
    folder.mkdir()
    certificates(folder)
    users = {"root": "superuser"} | {
        name: f"guarded_{name}" for name in ("writer", "analyst", "reader", "setup")
    }
    files = {
        "roles.yml": "".join(
            f"{name}: {orjson.dumps(plain(body)).decode()}\n" for name, body in roles(NAMES).items()
        ),
        "users": "".join(f"{user}:{hashed(PASSWORD)}\n" for user in users),
        "users_roles": "".join(f"{role}:{user}\n" for user, role in users.items()),
        **{name: (folder / name).read_text() for name in ("node.pem", "node.key")},
    }
    settings = {
        "xpack.security.enabled": True,
        "xpack.security.http.ssl.enabled": True,
        "xpack.security.http.ssl.certificate": "node.pem",
        "xpack.security.http.ssl.key": "node.key",
        "xpack.security.transport.ssl.enabled": False,
    }
    node = Node(folder / "node", settings=settings, files=files, java_options=QUICK, leashed=True)

    def given(user, password=PASSWORD, ca="ca.pem"):
        return Elastic(url=node.url, username=user, password=password, ca_file=folder / ca)

    with started(node, lambda: node.url):
        list(setup(given("root"), prefix=NAMES.prefix))
        site = Site(given("root"), prepared=False)
        site.names = NAMES
        site.index([verdict("e0"), version("a0")])
        with asked(given("root")) as client:
            client.indices.refresh(index=NAMES.state)
        yield given


def plain(body):
    return {name: value for name, value in body.items() if name != "metadata"}


def at(given):
    site = Site(given, prepared=False)
    site.names = NAMES
    return site


def test_a_writer_can_do_all_that_the_sink_does(guarded):
    (done,) = at(guarded("writer")).index([verdict("e1"), version("a1")], first=True, ready=True)
    assert dict(done) == {"written": 3}


def test_an_analyst_reads_and_speaks(guarded):
    store = ElasticStore(guarded("analyst"), NAMES)
    store.say("a0", {"ai.alert.status": "acknowledged"})
    assert store.find("alerts", "a0")[0]["ai.alert.status"] == "acknowledged"
    store.close()


def test_a_reader_reads_and_does_not_speak(guarded):
    store = ElasticStore(guarded("reader"), NAMES)
    assert store.find("alerts", "a0")
    with pytest.raises(Refused, match="privilege"):
        store.say("a0", {"ai.alert.status": "closed"})
    store.close()


def test_who_may_only_read_is_told_so_when_it_writes(guarded):
    with pytest.raises(Refused, match="privilege"):
        at(guarded("reader")).index([verdict("e2")])


@pytest.mark.parametrize(
    ("change", "words"),
    [({"password": "wrong password"}, "password"), ({"ca": "other.pem"}, "ca_file")],
)
def test_a_wrong_password_and_a_wrong_authority_stop_with_clear_words(guarded, change, words):
    with pytest.raises(Refused, match=words) as caught:
        at(guarded("writer", **change)).index([verdict("e2")], ready=True)
    assert "wrong password" not in str(caught.value)


def test_who_sets_up_needs_its_own_role_alone(guarded):
    steps = list(setup(guarded("setup"), prefix=NAMES.prefix))
    assert {step.what for step in steps} <= {"same", "skip"}


def test_a_set_up_without_the_privilege_is_told_so(guarded):
    with pytest.raises(Refused, match="privilege"):
        list(setup(guarded("reader"), prefix=NAMES.prefix))
