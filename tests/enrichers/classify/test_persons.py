from __future__ import annotations

from time import process_time

import pytest

from enrichers.classify import look
from enrichers.classify.health import Row, rows
from enrichers.classify.names import subjects
from tests.enrichers.classify.test_tables import marked

MIB = 1 << 20
CASES = [
    pytest.param(row, text, id=f"{row.type}-{number}")
    for row in rows()
    for number, text in enumerate(row.hits)
]
MISSES = [pytest.param(text, id=text[:30]) for row in rows() for text in row.misses]
TABLES = {
    "csv": "id,name,email\n1,Iris Fell,iris@quayline.example\n2,Kai Ode,kai@quayline.example\n",
    "quotes": 'id;"Name";"E-Mail"\n1;"Fell, Iris";"iris@quayline.example"\n2;"Ode; Kai";"kai@quayline.example"\n',
    "tsv": "first_name\tlast_name\tdob\nIris\tFell\t1979-03-04\nKai\tOde\t1981-05-06\n",
    "table": "Here:\n\n| Name | Email |\n|---|---|\n| Iris Fell | iris@quayline.example |\n| Kai Ode | kai@quayline.example |\n\nok",
    "json": '[{"name": "Iris Fell", "email": "iris@quayline.example"}, {"name": "Kai Ode", "email": "kai@quayline.example"}]',
    "broken json": '{"customers": [{"name": "Iris Fell", "email": "iris@q.example"}, {"name": "Kai", "email": "kai@q.ex',
}
NO_TABLES = {
    "columns without rows": "name,email\n",
    "one record": "name,email\nIris Fell,iris@quayline.example\n",
    "parts": "id,name,price\n1,valve,4\n2,cable,5\n",
    "words": "name, email, phone\nnothing, at all\nreally, no\n",
    "settings": '{"name": "meter", "version": "1"}, {"name": "valve", "version": "2"}',
}


def kinds(text: str, type_: str) -> list[str]:
    return [text[span.start : span.end] for span in look(text).spans if span.type == type_]


@pytest.mark.parametrize(("row", "text"), CASES)
def test_a_clinical_word_beside_a_person_is_health_data(row: Row, text: str) -> None:
    plain, places = marked(text)
    found = [
        (span.start, span.end)
        for span in look(plain).spans
        if (span.klass, span.type) == ("health", row.type)
    ]
    assert set(places) <= set(found)


@pytest.mark.parametrize("text", MISSES)
def test_a_clinical_word_of_nobody_is_none(text: str) -> None:
    assert [span for span in look(text).spans if span.klass == "health"] == []


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_records_of_persons_are_found_and_counted(text: str) -> None:
    seen = look(text)
    assert seen.records == 2
    assert [span.klass for span in seen.spans].count("customer_record") == 1


@pytest.mark.parametrize("text", NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table_of_persons_counts_nothing(text: str) -> None:
    assert look(text).records == 0


def test_cells_take_the_type_of_their_column() -> None:
    assert kinds(TABLES["tsv"], "date_of_birth") == ["1979-03-04", "1981-05-06"]
    assert kinds(TABLES["csv"], "person") == ["Iris Fell", "Kai Ode"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Please answer Iris Fell (iris.fell@quayline.example)", "Iris Fell"),
        ("Herr Kai van den Ode, tel. +44 20 7946 0958", "Kai van den Ode"),
        ("my name is Iris Fell and my SSN is 536-22-8726", "Iris Fell"),
        ("Moi, Jean Ode, né le 4 mars 1979", "Jean Ode"),
        ("Name: Åse Löf\ngeboren 04.03.1979", "Åse Löf"),
    ],
)
def test_a_name_with_an_identifier_is_found(text: str, name: str) -> None:
    assert kinds(text, "person") == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Who was Iris Fell? My name is Kai Ode.",
        "Write to the Quay Foundation (iris@quayline.example)",
        "Mr. Kai Ode spoke. " + "The valve holds. " * 30 + "iris@quayline.example",
    ],
)
def test_a_name_without_an_identifier_is_none(text: str) -> None:
    assert kinds(text, "person") == []


def test_a_person_with_several_identifiers_counts_once() -> None:
    text = "Iris Fell, iris@quayline.example, +44 20 7946 0958; Kai Ode, kai@quayline.example; Iris Fell, iris@quayline.example"
    assert subjects(look(text).spans, text) == 2
    assert subjects(look("nobody").spans, "nobody") == 0


@pytest.mark.parametrize(
    "piece",
    ["@", ",", "{", '{"name":', "name,email\n", "|", "1 ", "::1 ", "AB12 ", "Iris Fell ", "Mr A ", "12 rue "],
)
def test_a_mebibyte_of_almost_persons_is_done_in_linear_time(piece: str) -> None:
    look("iris@quayline.example 1234")
    text = (piece * (MIB // len(piece) + 1))[:MIB]
    start = process_time()
    look(text)
    assert process_time() - start < 10  # what is not linear takes minutes
