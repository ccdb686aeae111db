"""Whose a record is: the same reader, whether all are asked in their order or those alone whose marks it has."""

import pkgutil
from importlib import import_module

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.understand.sources import READERS, claimed
from tests.understand import samples, sources
from tests.understand.sources import vendors

MODULES = [
    samples,
    *(import_module(f"{sources.__name__}.{found.name}") for found in pkgutil.iter_modules(sources.__path__)),
]
SHAPES = [
    *(record for some in vendors.RECORDS.values() for record in some),
    *(
        value
        for module in MODULES
        for name, value in vars(module).items()
        if name.isupper()
        and (type(value) is str or (type(value) is dict and all(type(key) is str for key in value)))
    ),
]
HINTS = ({}, {"sourcetype": "zscalernss-web"}, {"#header": "#Fields: cs-host"})


def first_of_all(value, hints):
    return next((source for source in READERS if source.claims(value, hints)), None)


def test_every_record_of_the_tests_has_the_reader_that_is_the_first_to_claim_it():
    found = [claimed(value, hints) for value in SHAPES for hints in HINTS]

    assert found == [first_of_all(value, hints) for value in SHAPES for hints in HINTS]
    assert {source.name for source in READERS} == {source.name for source in found if source}


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_so_has_any_mixture_of_them(data):
    shape = st.sampled_from([value for value in SHAPES if value and type(value) is dict])
    value = data.draw(shape) | data.draw(st.just({}) | shape)
    left_out = data.draw(st.sets(st.sampled_from(sorted(value)), max_size=4))
    value = {key: told for key, told in value.items() if key not in left_out}

    assert claimed(value, {}) is first_of_all(value, {})
