import pytest
from elastic_transport import ConnectionError as Unreachable
from elastic_transport import ConnectionTimeout, TlsError

from pipeline.edges.elastic.client import asked, failure, placed
from pipeline.edges.elastic.settle import Refused
from pipeline.errors import ContentError, Outage
from pipeline.settings import Elastic
from tests.edges.elastic.stub import no


@pytest.mark.parametrize(
    ("url", "where", "who"),
    [
        ("https://search.example", "https://search.example:9200", ""),
        ("https://search.example:9243/", "https://search.example:9243", ""),
        ("http://jo@192.0.2.7:9200", "http://192.0.2.7:9200", "jo"),
        ("https://[2001:db8::1]:9200/es", "https://[2001:db8::1]:9200/es", ""),
    ],
)
def test_a_url_names_a_node_and_perhaps_who_asks(url, where, who):
    found = placed(url, Elastic(password="p"))
    assert (found.url, found.username, found.password) == (where, who, "p")


def test_a_name_in_the_url_goes_before_an_api_key():
    assert placed("https://jo@search.example", Elastic(api_key="k")).api_key == ""
    assert placed("https://search.example", Elastic(api_key="k")).api_key == "k"


@pytest.mark.parametrize(
    "url", ["https://jo:hush@search.example", "https://:9200", "https://h:port", "https://h?x=1"]
)
def test_a_url_that_is_no_address_or_shows_a_password_is_refused_without_showing_it(url):
    with pytest.raises(ContentError) as caught:
        placed(url, Elastic())
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (TlsError("x"), Refused, "ca_file"),
        (Unreachable("x"), Outage, "cannot be reached"),
        (ConnectionTimeout("x"), Outage, "in time"),
        (no(401), Refused, "password"),
        (no(500), Refused, "log"),
    ],
)
def test_a_failure_is_told_with_what_to_do(error, kind, words):
    found = failure(error, "https://search.example:9200")
    assert type(found) is kind
    assert words in str(found)


def test_a_fault_of_ours_stays_what_it_is():
    fault = KeyError("x")
    assert failure(fault, "u") is fault


@pytest.mark.parametrize("given", [{"username": "jo", "password": "p"}, {"api_key": "aWQ6a2V5"}, {}])
def test_a_client_says_who_it_is(given):
    client = asked(Elastic(url="http://192.0.2.1:9200", **given))
    header = client._headers.get("authorization", "")
    client.close()
    assert header.split(" ")[0] == ("Basic" if "username" in given else "ApiKey" if given else "")
