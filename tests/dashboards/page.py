"""Write the tables of docs/dashboards.md from dashboards/*.yaml: .venv/bin/python -m tests.dashboards.page"""

from tests.dashboards.simulated import HOME, SCREENS

PLACE = HOME / "docs" / "dashboards.md"
START, END = "<!-- From dashboards/*.yaml -->\n", "<!-- To here -->\n"

CHARTS = {
    "number": "a number",
    "bar": "bars",
    "area": "areas over time",
    "heat": "a grid",
    "table": "a table",
    "list": "a list",
}


def page(text):
    """Give the text of the page with new tables."""
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n{''.join(map(_section, SCREENS))}{END}{tail}"


def _section(screen):
    chosen = ", ".join(f"{title.lower()} (`{field}`)" for field, title in screen.controls.items())
    rows = "".join(map(_row, screen.panels))
    return (
        f"### {screen.title} (`{screen.id}`)\n\n{screen.question} It opens with the last {screen.since}; choose by {chosen}.\n\n"
        f"| Panel | Question | How to read it | Shows |\n|---|---|---|---|\n{rows}\n"
    )


def _row(panel):
    leads = f"; a click leads to {panel.leads}" if panel.leads else ""
    return f"| {panel.title} | {panel.question} | {panel.read} | {CHARTS[panel.chart]} of {panel.source}{leads} |\n"


if __name__ == "__main__":
    PLACE.write_text(page(PLACE.read_text("utf-8")), "utf-8")
