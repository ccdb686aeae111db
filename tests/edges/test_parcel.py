import zlib

import msgspec
import pytest

from pipeline.content import load_pack, pack_files
from pipeline.edges.parcel import load_parcel, parcel, unpacked
from pipeline.errors import ContentError

KEY = b"an invented key of some length"


def test_a_pack_comes_out_of_its_parcel_with_the_same_digest_and_rules():
    own = load_pack(key=KEY)
    value = parcel({name: path.read_bytes() for name, path in pack_files().items()})
    found = load_parcel(own.digest, value, key=KEY)
    assert (found.digest, found.policy.version) == (own.digest, own.policy.version)
    assert [rule.digest for rule in found.rules] == [rule.digest for rule in own.rules]


def test_the_same_files_give_the_same_bytes_in_whatever_order():
    assert parcel({"a": b"1", "b": b"2"}) == parcel({"b": b"2", "a": b"1"})
    assert unpacked(parcel({"b": b"2", "a": b"1"})) == {"a": b"1", "b": b"2"}


def test_a_pack_under_the_digest_of_another_is_refused():
    value = parcel({name: path.read_bytes() for name, path in pack_files().items()})
    with pytest.raises(ContentError, match="the pack stored as 000000000000 is"):
        load_parcel("0" * 64, value, key=KEY)


@pytest.mark.parametrize("name", ["/etc/passwd", "../out.yml", "exf/../../out.yml", "", "a\0b"])
def test_a_parcel_never_leads_out_of_its_folder(name):
    with pytest.raises(ContentError, match="is no pack"):
        unpacked(parcel({name: b""}))


@pytest.mark.parametrize(
    "value", [b"", b"nonsense", zlib.compress(b"\xc1"), zlib.compress(msgspec.msgpack.encode([1]))]
)
def test_what_is_no_parcel_is_refused(value):
    with pytest.raises(ContentError, match="is no pack"):
        unpacked(value)


def test_a_parcel_that_unfolds_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("pipeline.edges.parcel.MOST_BYTES", 1000)
    with pytest.raises(ContentError, match="is no pack"):
        unpacked(parcel({"a": b"0" * 2000}))
