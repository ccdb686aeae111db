"""Does memory stay flat: `python -m tests.bench.matching_memory [EVENTS]`; every event has new values, and key sets come by thousands."""

import sys
import tempfile
from pathlib import Path
from time import process_time

from pipeline.rules.index import indexed
from pipeline.rules.read import rule_files
from tests.bench.lanes import write_pack
from tests.bench.matching import found, resident, say

EVENTS, RULES, KEY_SETS, TOGETHER, PARTS = 100_000, 3000, 5000, 20, 10
"""Events, rules, sets of keys, events in a row with the same keys, and lines that are printed."""

FILLED = 3
"""Parts after which all memories are full; from there on memory must stay where it is."""

MOST = 1.05


def main(count: int = EVENTS) -> int:
    """Match new values for ever; print CPU time and resident memory, and fail if memory still grows when all is full."""
    with tempfile.TemporaryDirectory() as folder:
        write_pack(Path(folder, "rules"), RULES)
        index = indexed(found(rule_files(Path(folder, "rules"))))
    sizes = []
    for part in range(PARTS):
        began, first = process_time(), part * count // PARTS
        last = (part + 1) * count // PARTS
        for at in range(first, last):
            index.matching(event(at))
        sizes.append(resident())
        cost = (process_time() - began) / max(last - first, 1)
        say(f"{last:9} events {cost * 1e6:7.1f} us {sizes[-1]:6.0f} MB")
    grown = sizes[-1] / sizes[FILLED]
    say(f"from {(FILLED + 1) * count // PARTS} events on: {grown:.3f} x the memory")
    return int(grown > MOST)


def event(at):
    """Give an event with values that no other has; its keys change with every twentieth."""
    return {
        "Image": f"C:\\Program Files\\Fernwood\\{at}.exe",
        "CommandLine": f"{at}.exe --run {at * 7919} -enc {at:x}",
        "ParentImage": f"C:\\Users\\ada\\AppData\\{at}\\run.exe",
        "TargetFilename": f"C:\\Users\\ada\\{at}.txt",
        "ProcessId": at,
        f"Extra{at // TOGETHER % KEY_SETS}": at,
    }


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
