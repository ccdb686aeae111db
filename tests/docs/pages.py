"""The pages for people, and what they hold: text, links, names in backticks, blocks that can be run."""

import re
from pathlib import Path

HOME = Path(__file__).parents[2]
TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
PAGES = (*TOP, *sorted(path.relative_to(HOME).as_posix() for path in (HOME / "docs").rglob("*.md")))
PROMPT = "$ "

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


def text(page):
    return (HOME / page).read_text("utf-8")


def everything():
    return "\n".join(map(text, PAGES))


def prose(page):
    """Give a page without its fenced blocks."""
    return _FENCE.sub("", text(page))


def links(page):
    """Give where the links of a page lead, but for those that leave the project."""
    return [
        link.partition("#")[0]
        for link in _LINK.findall(prose(page))
        if not link.startswith(("https://", "#"))
    ]


def code(page):
    """Give what stands in backticks."""
    return _CODE.findall(prose(page))


def sessions(page):
    """Give (command, the lines that it is said to print) of every console block, in order."""
    found = []
    for _, block in (fence for fence in _FENCE.findall(text(page)) if fence[0] == "console"):
        for line in block.splitlines():
            if line.startswith(PROMPT):
                found.append((line.removeprefix(PROMPT), []))
            else:
                found[-1][1].append(line)
    return found


def table(page, heading):
    """Give the rows of the tables below a heading, each as its cells without backticks."""
    _, _, below = text(page).partition(f"{heading}\n")
    section = re.split(r"^#+ ", below, maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]
