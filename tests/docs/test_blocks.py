"""Run what README and CONTRIBUTING tell people to type, in a copy, and compare what they say it prints."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import pages

PAGES = ("README.md", "CONTRIBUTING.md")
TAKEN = ("pipeline", "enrichers", "detections")
GAP = "..."
WIDTH = "100"
"""Columns of the terminal in which a page's output was copied."""

MADE = {"make demo": ".venv/bin/shadowgraph demo"}
"""What a make target runs of ours; other targets are not run here."""
YOURS = ("YOURFILE", "pipeline/simulate/day/proxy.squid.log")


@pytest.fixture
def checkout(tmp_path):
    """A copy of the checkout whose command runs the copy's own code."""
    for name in TAKEN:
        shutil.copytree(pages.HOME / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = tmp_path / ".venv" / "bin" / "shadowgraph"
    command.parent.mkdir(parents=True)
    command.write_text(f"#!{sys.executable}\nfrom pipeline.cli import main\nmain()\n", "utf-8")
    command.chmod(0o755)
    return tmp_path


def typed(line, folder):
    """Run a line as it stands and give its exit code and what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHADOWGRAPH_")}
    environment |= {"PYTHONPATH": str(folder), "COLUMNS": WIDTH, "NO_COLOR": "1"}
    done = subprocess.run(
        line.replace(*YOURS),
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, re.sub(r" +$", "", done.stdout, flags=re.MULTILINE), done.stderr


def pattern(shown):
    """Make an expression of what is shown: a line of three dots leaves out lines, three dots at an end the rest of it."""
    parts = []
    for line in shown:
        if line == GAP:
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(re.escape(line.removesuffix(GAP)) + (".*" if line.endswith(GAP) else "") + r"\n")
    return "".join(parts)


def first_strange(shown, printed):
    """Name the first line that is shown and not printed, so that a failure says what to change."""
    lines = printed.splitlines()
    return next(
        (s for s in shown if s != GAP and not any(p.startswith(s.removesuffix(GAP)) for p in lines)),
        "the order",
    )


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_has_people_type_runs_and_prints_what_it_shows(page, checkout):
    for line, shown in pages.sessions(page):
        command = MADE.get(line, line)
        if not command.startswith("make"):
            code, printed, errors = typed(command, checkout)
            assert code in (0, 1), f"{line}: {errors}"
            assert re.match(pattern(shown), printed), (
                f"{line} does not print: {first_strange(shown, printed)}"
            )


@pytest.mark.parametrize(("target", "command"), MADE.items())
def test_a_target_runs_what_is_run_in_its_place(target, command):
    makefile = (pages.HOME / "Makefile").read_text("utf-8")
    recipe = re.search(rf"^{target.removeprefix('make ')}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    assert recipe.strip().replace("$(BIN)", ".venv/bin") == command


def test_every_page_has_something_to_type():
    assert [page for page in PAGES if not pages.sessions(page)] == []


def test_a_gap_stands_for_lines_and_for_the_rest_of_one():
    assert re.match(pattern(["one", "...", "three and ..."]), "one\ntwo\nthree and four\n")
    assert not re.match(pattern(["one", "three"]), "one\ntwo\nthree\n")


def test_the_copy_runs_its_own_code(checkout):
    Path(checkout, "pipeline", "cli", "__init__.py").write_text(
        "def main():\n    print('the copy')\n", "utf-8"
    )
    assert typed(".venv/bin/shadowgraph", checkout)[1] == "the copy\n"
