"""A simulated day that tests share: its lines, and the same as files."""

from functools import cache
from itertools import islice

from pipeline.simulate.company import founded
from pipeline.simulate.stream import whole

SEED = 11
COMPANY = founded(SEED)


@cache
def day():
    """The lines of the first day."""
    return list(whole(COMPANY, 1))


@cache
def first(count):
    """The first lines of an endless simulation."""
    return list(islice(whole(COMPANY), count))
