import contextlib
import json
import re
import shlex
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.cli.day import day_files, run_day
from pipeline.cli.demo import FILE
from pipeline.cli.demoday import DATA, RAW
from pipeline.cli.demopage import TOP, program
from pipeline.simulate.story import ATTACKS, stories


def called(folder, *words):
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, words, env={"COLUMNS": "120"})


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a folder")
    found = called(folder, "demo")
    assert (found.exit_code, "Traceback" in found.stderr) == (0, False)
    return folder, found


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The lines that the recorded day gives for scripts."""
    found = called(tmp_path_factory.mktemp("recorded"), "demo", "--recorded", "--json")
    assert found.exit_code == 0
    return [json.loads(line) for line in found.stdout.splitlines()]


def suggestions(out):
    lines = out.partition("What to type next\n")[2].splitlines()
    return [shlex.split(line) for line in lines if line.startswith("    ")]


def test_the_demo_shows_findings_what_was_missed_and_what_next(shown):
    out = shown[1].stdout
    places = [
        out.index(part)
        for part in (
            "ID  ",
            "Attacks: ",
            "Everybody else: ",
            "One chain, explained",
            "Step by step",
            "One policy drift: POL-001",
            "What could not be seen",
            "What to type next",
        )
    ]
    assert places == sorted(places)


def test_some_twenty_thousand_records_and_the_top_of_the_table_are_shown(shown):
    out = shown[1].stdout
    assert 18_000 < int(re.search(r"^([\d,]+) records", out, re.MULTILINE)[1].replace(",", "")) < 22_000
    table = out.partition("ID  ")[2].partition("\nand ")[0]
    assert len(re.findall(r"^[0-9a-f]{8,} ", table, re.MULTILINE)) == TOP


def test_nearly_all_attacks_are_found_and_ordinary_work_is_not_loud(shown):
    out = shown[1].stdout
    found, there = map(int, re.search(r"^Attacks: (\d+) of (\d+) found", out, re.MULTILINE).groups())
    assert (there, there - found <= 1) == (len(stories(ATTACKS)), True)
    critical, high = map(
        int, re.search(r"critical (\d+), high (\d+),.* from 300 people in 2 days", out).groups()
    )
    assert critical + high <= 2


def test_every_attack_has_its_line(shown):
    block = shown[1].stdout.partition("Attacks: ")[2].partition("Everybody else")[0]
    levels = re.findall(r"^  (critical|high|medium|low|missed) +", block, re.MULTILINE)
    assert len(levels) == len(stories(ATTACKS))


def test_two_demos_print_the_same_whatever_was_there(shown):
    folder, first = shown
    again = called(folder, "demo")
    assert again.stdout == first.stdout
    assert "events/s" in again.stderr


def test_the_demo_writes_below_build_alone(shown):
    folder, _ = shown
    written = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    assert {path for path in written if path.parent not in (RAW, DATA)} == {
        FILE,
        RAW.with_name("demo-raw.truth.jsonl"),
    }


@pytest.mark.parametrize("place", [FILE, RAW / "litellm.jsonl", DATA / "people.csv"])
def test_what_no_demo_wrote_stays(tmp_path, place):
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text("my own notes")
    found = called(tmp_path, "demo")
    assert found.exit_code == 2
    assert str(place if place == FILE else place.parent) in found.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / place]
    assert (tmp_path / place).read_text() == "my own notes"


def test_every_suggestion_runs_as_it_is_printed(shown):
    folder, found = shown
    lines = suggestions(found.stdout)
    assert 5 <= len(lines) <= 8
    assert {line[1] for line in lines} >= {"explain", "alerts", "run", "normalise", "rules"}
    for line in lines:
        if line[0] == "cp":
            subprocess.run(line, cwd=folder, check=True)
        else:
            done = called(folder, *line[1:])
            assert done.exit_code == 0, (line, done.stderr)


def test_the_rest_of_the_table_is_shown_by_the_line_that_is_printed(shown):
    folder, found = shown
    more, line = re.search(r"^and (\d+) more: (.*)$", found.stdout, re.MULTILINE).groups()
    done = called(folder, *shlex.split(line)[1:])
    assert (done.exit_code, int(more) > 0) == (0, True)


def test_for_scripts_each_attack_is_a_line_and_the_last_sums_up(recorded):
    *attacks, total = recorded
    assert all(one.keys() == {"scenario", "expects", "level", "rules", "alerts"} for one in attacks)
    assert len({one["scenario"] for one in attacks}) == len(attacks) > 30
    assert sum(set(one["expects"]) <= set(one["rules"]) for one in attacks) > 30
    assert (total["days"], total["people"], total["rejects"]) == (1, 12, 4)
    assert total["benign"].keys() == {"critical", "high", "medium", "low"}


def test_a_seed_is_a_number(tmp_path):
    found = called(tmp_path, "demo", "--seed", "x")
    assert (found.exit_code, "'x' is not a valid integer" in found.stderr) == (2, True)


def test_the_program_is_named_as_it_can_be_typed(tmp_path, monkeypatch):
    script = tmp_path / "my tools" / "shadowgraph"
    script.parent.mkdir()
    script.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(script)])
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(tmp_path)
    assert program() == "'my tools/shadowgraph'"
    monkeypatch.chdir("/")
    monkeypatch.setenv("PATH", str(script.parent))
    monkeypatch.setattr("pipeline.cli.demopage.Path.cwd", lambda: tmp_path / "elsewhere")
    assert program() == "shadowgraph"
    monkeypatch.setenv("PATH", "/nowhere")
    assert program() == shlex.quote(str(script))
    monkeypatch.setattr(sys, "argv", ["pytest"])
    assert program() == "shadowgraph"


def test_the_day_is_all_raw_logs_and_never_the_truth():
    assert "truth.yaml" not in {path.name for path in day_files()}
    assert sum(batch.counts["records"] for batch in run_day()) > 500
