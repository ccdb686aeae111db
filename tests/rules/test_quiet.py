import gc

import pytest

from pipeline.rules.quiet import quiet


@pytest.fixture
def collector():
    was = gc.isenabled()
    yield
    (gc.enable if was else gc.disable)()


@pytest.mark.usefixtures("collector")
@pytest.mark.parametrize("set_to", [gc.enable, gc.disable])
def test_the_collector_rests_within_and_is_afterwards_as_it_was(set_to):
    set_to()
    was = gc.isenabled()

    with quiet():
        assert not gc.isenabled()
    assert gc.isenabled() is was


@pytest.mark.usefixtures("collector")
def test_the_collector_works_again_after_a_fault():
    gc.enable()

    with pytest.raises(ZeroDivisionError), quiet():
        1 / 0  # noqa: B018 - it is to fail
    assert gc.isenabled()
