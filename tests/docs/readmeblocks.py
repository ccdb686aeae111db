"""Write the demo's blocks of README.md from what the demo prints: .venv/bin/python -m tests.docs.readmeblocks"""

import os
import re
import subprocess
import sys
import tempfile

from tests.docs.pages import HOME, PROMPT

PLACE = HOME / "README.md"
WIDTH = "100"
GAP = "...\n"
SHOWN = 3
"""Attacks that are shown."""


def printed(folder, *words):
    """Run a command as the tests of the blocks do, and give what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHADOWGRAPH_")}
    environment |= {"PYTHONPATH": str(HOME), "COLUMNS": WIDTH, "NO_COLOR": "1"}
    code = "from pipeline.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return re.sub(r" +$", "", done.stdout, flags=re.MULTILINE)


def section(page, begins):
    """Give the lines from one that begins like this to the next blank one."""
    found = re.search(rf"^{begins}.*?(?=^$)", page, re.MULTILINE | re.DOTALL)
    return found[0]


def demo_block(page, chain):
    """Shorten the page of the demo: what was read, the first row, the chain, attacks, everybody else."""
    table = section(page, "ID  ")
    rows = re.split(r"^(?=[0-9a-f]{8})", table, flags=re.MULTILINE)
    second = next((row for row in rows[1:] if row.startswith(chain)), rows[1])
    attacks = re.split(r"^(?=  \w)", section(page, "Attacks: "), flags=re.MULTILINE)
    others = section(page, "Everybody else: ").splitlines(keepends=True)[:2]
    top = page.partition("\n\n")[0] + "\n\n" + rows[0] + rows[1]
    between = "" if rows[1] == second else GAP + second
    return "".join([top, between, GAP, *attacks[: SHOWN + 1], GAP, *others, GAP])


def explain_block(page):
    """Shorten an explanation: its level, why, step by step, and the first of what to do."""
    parts = [page.splitlines(keepends=True)[0], section(page, "Why "), section(page, "Step by step")]
    step = section(page, "Next step").partition("  It may be harmless")[0]
    return GAP.join([*parts, step, ""])


def replaced(text, command, block):
    """Put a command and what it prints in the place of the block that begins so."""
    words = command.split()[:2]
    begins = re.escape(PROMPT + " ".join(words))
    found = re.search(rf"(?<=^```console\n){begins}.*?(?=^```$)", text, re.MULTILINE | re.DOTALL)
    return text.replace(found[0], f"{PROMPT}{command}\n{block}")


def written(text):
    """Give README with the blocks that the demo of now would print."""
    with tempfile.TemporaryDirectory() as folder:
        page = printed(folder, "demo")
        words = re.search(r"explain ([0-9a-f]+) --store (\S+)", page).groups()
        explained = printed(folder, "explain", words[0], "--store", words[1])
    text = replaced(text, "make demo", demo_block(page, words[0]))
    line = f".venv/bin/shadowgraph explain {words[0]} --store {words[1]}"
    return replaced(text, line, explain_block(explained))


if __name__ == "__main__":
    PLACE.write_text(written(PLACE.read_text("utf-8")), "utf-8")
