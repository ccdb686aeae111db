import pytest
from msgspec.structs import replace

from enrichers.reference import load_reference
from pipeline.content import load_pack, pack_files
from pipeline.edges.kafka.bulletin import KnownPacks, KnownReference, sorted_out, unusable
from pipeline.edges.parcel import parcel
from pipeline.errors import Outage
from pipeline.record import Swap
from tests.packs import pack, rule

OWN = pack(rule("loud"))
PEOPLE = b"user.id,user.name,user.email\nnora.feld,Nora Feld,nora.feld@fernwood.example\n"


def known():
    return KnownReference(None, load_reference())


def test_a_pushed_pack_is_made_when_it_is_asked_for():
    files = {name: path.read_bytes() for name, path in pack_files().items()}
    digest = load_pack(key=b"k" * 16).digest
    packs = KnownPacks(OWN)
    packs.take(digest, parcel(files), 5.0)

    assert packs[digest].digest == digest == packs.at(9.0)
    assert set(packs) == {OWN.digest, digest}
    assert packs[OWN.digest] is OWN


def test_a_parcel_that_is_no_pack_is_an_outage_not_a_guess():
    packs = KnownPacks(OWN)
    packs.take("d" * 64, b"nonsense", 5.0)

    with pytest.raises(Outage, match="dddddddddddd cannot be used here"):
        packs["d" * 64]
    assert packs.at(9.0) == OWN.digest


def test_reference_files_lie_over_the_others():
    reference = known()
    reference.take({"people.csv": PEOPLE})

    assert set(reference.now.people_by_email) == {"nora.feld@fernwood.example"}
    reference.take({"people.csv": None})
    assert "ada.lind@fernwood.example" in reference.now.people_by_email


def test_a_bad_reference_never_replaces_a_good_one_and_says_what_is_wrong():
    reference = known()
    reference.take({"people.csv": PEOPLE})
    reference.take({"policy.yaml": b"- [", "agents.yaml": b"agents: 7"})

    assert set(reference.now.people_by_email) == {"nora.feld@fernwood.example"}
    assert reference.fault.startswith("agents.yaml:1: ")


@pytest.mark.parametrize("name", ["people.csv/below", "documents/" + "x" * 300])
def test_a_name_that_no_disk_takes_is_left_out_and_later_files_are_read(name):
    reference = known()
    reference.take({"people.csv": PEOPLE})
    reference.take({name: b"x"})
    reference.take({"changes.yaml": b"changes: []"})

    assert set(reference.now.people_by_email) == {"nora.feld@fernwood.example"}
    assert reference.fault == ""


@pytest.mark.parametrize("name", ["../people.csv", "/etc/passwd", "", "documents/../../x"])
def test_a_name_outside_the_folder_is_not_written(name):
    reference = known()
    reference.take({name: PEOPLE})

    assert "ada.lind@fernwood.example" in reference.now.people_by_email


def test_records_are_sorted_by_their_topic():
    packs, reference = KnownPacks(OWN), known()

    sorted_out(packs, reference, "p-")(
        {"p-ai.packs": [(b"d1", b"x", 5.0)], "p-ai.ref.people": [(b"people.csv", PEOPLE, 5.0)]}
    )

    assert "d1" in packs
    assert set(reference.now.people_by_email) == {"nora.feld@fernwood.example"}


def test_a_pack_that_cannot_judge_is_told_from_one_that_is_not_here():
    packs = KnownPacks(OWN)
    packs.take("d" * 64, b"nonsense", 5.0)

    assert "cannot be used here" in unusable(packs, Swap("d" * 64))
    assert unusable(packs, Swap("elsewhere")) == unusable(packs, Swap(OWN.digest)) == ""


def test_a_partition_that_was_never_judged_begins_with_the_pack_of_its_time():
    one, two = pack(rule("loud")), pack(rule("calm"))
    packs = KnownPacks(OWN)
    for number, made in enumerate((one, two)):
        name = f"{number}" * 64
        packs.take(name, b"", 10.0 * number + 10)
        packs._made[name] = replace(made, digest=name)

    assert [packs.at(time)[0] for time in (5.0, 10.0, 15.0, 25.0)] == ["0", "0", "0", "1"]
