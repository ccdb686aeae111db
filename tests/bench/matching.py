"""What the index of rules costs: `python -m tests.bench.matching [RULES_DIR EVENTS_FILE...]`; with nothing given, on a made-up pack.

Where the native engine is installed it runs beside us, on the same rules and events, and what both have found is compared.
"""

import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time

import orjson
from msgspec.structs import replace

from enrichers.reference import load_reference
from pipeline.content import load_pack
from pipeline.errors import ContentError
from pipeline.event import Event
from pipeline.flow import understand
from pipeline.pack import Rule
from pipeline.record import Place, Record
from pipeline.rules.index import Index, indexed
from pipeline.rules.read import read_rules, rule_files
from pipeline.suspect import matched
from tests.bench.lanes import LANES, write_pack
from tests.bench.records import records

ROUNDS, EVENTS, SCANNED = 3, 10_000, 20
RIVAL = "rsigma"
MODES = ((), ("--logsource-routing",))
TIMES = 3
"""How often the native engine is given a lane, so that its start weighs little."""


def main(rules: str | None = None, *lanes: str) -> int:
    """Measure a folder of rules on files of events, or the made-up pack on made-up lanes; print the figures."""
    if rules:
        measure(Path(rules), {Path(lane).name: Path(lane).read_bytes().splitlines() for lane in lanes})
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for count in (300, 3000):
            write_pack(Path(folder, str(count)), count)
            measure(Path(folder, str(count)), {name: make(EVENTS) for name, make in LANES.items()})
    shipped()
    return 0


def measure(folder: Path, lanes: dict[str, list[bytes]]) -> None:
    """Load rules, index them, and match every lane with all of them and with a tenth of them."""
    began = perf_counter(), process_time()
    rules = read(folder)
    between = perf_counter()
    index = indexed(rules)
    ready = perf_counter(), process_time()
    say(f"{len(rules)} rules: read in {between - began[0]:.2f} s, indexed in {ready[0] - between:.2f} s")
    say(f"  CPU {ready[1] - began[1]:.2f} s for both, {memory():.0f} MB")
    tenth = indexed(random.Random(1).sample(rules, len(rules) // 10))
    fresh = forgetful(rules)
    loaded = {mode: load(folder, mode) for mode in MODES} if shutil.which(RIVAL) else {}
    for name, lines in lanes.items():
        began_first = process_time()
        assert_same(index, rules, lines[:SCANNED])
        first = process_time() - began_first
        cost, found = best(index, lines)
        few, _ = best(tenth, lines)
        unknown, _ = best(fresh, lines)
        say(
            f"  {name:28}{1 / cost:9.0f} events/s {cost * 1e6:7.1f} us   {found} matches   "
            f"10 x rules: {cost / few:.2f} x time   first {SCANNED} events and a scan {first:.2f} s"
        )
        say(f"  {name:28}{1 / unknown:9.0f} events/s {unknown * 1e6:7.1f} us   without a memory of values")
        for one in loaded.items():
            rival(folder, lines, one, {"": cost, "without memory": unknown}, said(index, lines))
    say(f"  {memory():.0f} MB at the end")


def read(folder: Path) -> Sequence[Rule]:
    """Read all rules that can be read, and say why others are refused."""
    files = rule_files(folder)
    try:
        return found(files)
    except ContentError as error:
        refused = {problem.path for problem in error.problems}
        say(f"{len(refused)} files are refused")
        for fault, count in Counter(problem.fault for problem in error.problems).most_common(10):
            say(f"  {count:5}  {fault}")
        return found([path for path in files if str(path) not in refused])


def found(files: list[Path]) -> Sequence[Rule]:
    return read_rules(files, placeholders={}, lint=False, generic=True, retired=True).rules


def best(index: Index, lines: list[bytes]) -> tuple[float, int]:
    """Give the least CPU seconds for an event, JSON included, and how many rules matched in all."""
    costs, count = [], 0
    for _ in range(ROUNDS):
        began = process_time()
        count = sum(len(index.matching(orjson.loads(line))) for line in lines)
        costs.append((process_time() - began) / len(lines))
    return min(costs), count


def assert_same(index: Index, rules: Sequence[Rule], lines: list[bytes]) -> None:
    for line in lines:
        event = orjson.loads(line)
        if index.matching(event) != [rule for rule in rules if rule.matches(event)]:
            raise AssertionError("the index and a scan of all rules do not say the same")


def forgetful(rules: Sequence[Rule]) -> Index:
    """Index rules so that no value is ever remembered."""
    index = indexed(rules)
    index.matching({})
    for one in (*index._fields, *filter(None, [index._keywords])):
        one.full = lambda: True
    return index


def said(index: Index, lines: list[bytes]) -> Counter[str]:
    """Count what each rule has matched, by its id."""
    return Counter(rule.id for line in lines for rule in index.matching(orjson.loads(line)))


def rival(folder: Path, lines: list[bytes], loaded: tuple[tuple[str, ...], float], ours, matched) -> None:
    """Run the native engine on the same rules and events; tell its speed, and where it says something else."""
    (mode, idle), given = loaded, b"\n".join(lines * TIMES)
    theirs, output = min((children(command(folder, mode), given) for _ in range(2)), key=lambda run: run[0])
    cost = (theirs - idle) / len(lines) / TIMES
    ratios = ", ".join(f"{cost / our:.2f} x our time {name}".rstrip() for name, our in ours.items())
    say(f"  {'':28}{1 / cost:9.0f} events/s by {RIVAL} {' '.join(mode)}: {ratios}")
    if not mode:
        counts = Counter(orjson.loads(line).get("rule_id") for line in output.splitlines())
        theirs_once = {rule: count // TIMES for rule, count in counts.items()}
        odd = {
            rule: (matched[rule], theirs_once.get(rule, 0))
            for rule in {*matched, *theirs_once}
            if matched[rule] != theirs_once.get(rule, 0)
        }
        say(f"  {'':28}{len(odd)} rules match differently (ours, theirs): {dict(sorted(odd.items())[:10])}")


def load(folder: Path, mode: tuple[str, ...]) -> float:
    """Give the CPU seconds that the native engine takes before its first event: the median of three."""
    return sorted(children(command(folder, mode), b"")[0] for _ in range(3))[1]


def command(folder: Path, mode: tuple[str, ...]) -> list[str]:
    program = shutil.which(RIVAL) or RIVAL
    return [program, "engine", "eval", "-r", str(folder), "--quiet", "--output-format", "ndjson", *mode]


def children(words: list[str], given: bytes) -> tuple[float, bytes]:
    """Give the CPU seconds of a program, and what it has written."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, input=given, stdout=subprocess.PIPE, check=True)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime, done.stdout


def shipped() -> None:
    """Match our own rules by plan and by index: which is faster decides what a pack of that size does."""
    pack, reference = load_pack(key=b"bench"), load_reference(None)
    given = [
        Record(Place("bench", at), source, None, None, body)
        for at, (source, body) in enumerate(records(2000))
    ]
    events = [
        one.fields
        for inputs in understand(given, pack, reference)
        for one in inputs
        if isinstance(one, Event)
    ]
    for name, one in {
        "plan": replace(pack, find=None),
        "index": replace(pack, find=indexed(pack.rules).matching),
    }.items():
        costs = []
        for _ in range(ROUNDS):
            began = process_time()
            for fields in events:
                matched(fields, one)
            costs.append(process_time() - began)
        say(f"{len(pack.rules)} shipped rules by {name}: {min(costs) / len(events) * 1e6:.1f} us an event")


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident() -> float:
    """Give the megabytes that are taken now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
