from __future__ import annotations

import base64
import gzip
from urllib.parse import quote

import pytest

from enrichers.classify import decode, look, scan
from enrichers.classify.decode import DEEPEST
from enrichers.classify.look import depth

KEY = "AKIAY3NRDL7QWZ5KXH2P"
SAID = f"the key of the lab is {KEY}, keep it"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


ENCODED = {
    "base64": b64(SAID.encode()),
    "base64 for addresses": base64.urlsafe_b64encode(f"{SAID} ???>>>".encode()).decode(),
    "base64 without padding": b64(SAID.encode()).rstrip("="),
    "base64 in lines": base64.encodebytes((SAID * 3).encode()).decode().strip(),
    "behind a path": "https://drop.example/in/" + b64(SAID.encode()),
    "a shell's wide letters": b64(SAID.encode("utf-16-le")),
    "hex": SAID.encode().hex(),
    "gzip": b64(gzip.compress(SAID.encode(), mtime=0)),
    "escapes": "".join(f"%{byte:02X}" for byte in SAID.encode()),
}


@pytest.mark.parametrize("text", ENCODED.values(), ids=ENCODED)
def test_an_encoded_credential_is_found_as_the_part_that_hides_it(text: str) -> None:
    (span,) = [span for span in scan(f"see {text} please") if span.klass == "secret"]
    assert span.type == "aws_access_key_id"
    assert span.valid
    assert f"see {text} please"[span.start : span.end] in text


def test_layers_within_layers_are_taken_off_up_to_five() -> None:
    text = SAID
    for deep in range(1, DEEPEST + 2):
        text = b64(text.encode())
        assert bool(scan(text)) is (deep <= DEEPEST)
        assert depth(look(text)) == min(deep, DEEPEST)


def test_an_escaped_address_is_found_and_a_plain_query_is_no_layer() -> None:
    (span,) = scan("https://drop.example/?to=" + quote("iris@quayline.example", safe=""))
    assert span.type == "email"
    assert look("https://maps.example/?q=hull%20station&lang=en").layers == ()


QUIET = {
    "a picture": "data:image/svg+xml;base64,"
    + b64(b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>"),
    "bytes": b64(bytes(range(256))),
    "a hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "a path": "/usr/share/fernwood/instruments/documentation/index",
    "a long name": "aVeryLongNameOfAFunctionThatNobodyWantsToReadAloud",
    "a token of the web": "eyJhbGciOiJub25lIn0abcdefgh.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlc2lnbmF0dXJl",
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_says_nothing_is_no_layer(text: str) -> None:
    assert look(text).layers == ()


def test_a_bomb_is_not_unfolded() -> None:
    assert len(decode._unpacked(gzip.compress(b"a" * 100_000_000, mtime=0))) <= decode.ROOM
    bomb = b64(gzip.compress(b"a" * 100_000_000, mtime=0))
    assert sum(len(layer.part.text) for layer in look(bomb).layers) <= 1 << 20
    many = " ".join([b64(gzip.compress(b"word " * 20_000, mtime=0))] * 40)
    assert sum(len(layer.part.text) for layer in look(many).layers) <= 1 << 20
