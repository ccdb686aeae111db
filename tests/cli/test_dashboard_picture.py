import xml.etree.ElementTree as ET

import pytest

from pipeline.cli.dashboarddraw import WIDE, text
from pipeline.cli.dashboardpicture import picture
from pipeline.dashboards.nouns import Window
from tests.dashboards.simulated import HOME, SCREENS

DAY = Window("2026-03-04T00:00:00.000Z", "2026-03-05T00:00:00.000Z")
NAME = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>"&\x1b[31m' + "x" * 300
HOUR = 1772611200000


def rows(panel):
    """Rows with hostile names and odd numbers, in the form of the panel."""
    if panel.chart == "list":
        return [(HOUR, *[HOSTILE] * len(panel.columns)), (HOUR, *[None] * len(panel.columns))] * 60
    keys = [HOUR if group.kind == "every" else HOSTILE for group in panel.groups]
    return [(*keys, *[number] * len(panel.metrics)) for number in (0, 12.5)]


def drawn(screen, rows_of=rows):
    return ET.fromstring(picture(screen, DAY, rows_of))


def words(tree):
    return [one.text or "" for one in tree.iter(f"{NAME}text")]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.id)
def test_hostile_names_and_nothing_at_all_can_be_drawn(screen):
    for rows_of in (rows, lambda _: []):
        tree = drawn(screen, rows_of)
        assert not list(tree.iter(f"{NAME}script"))
        assert all("\x1b" not in word for word in words(tree))
    assert words(tree).count("nothing") == len(screen.panels)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.id)
def test_nothing_is_drawn_outside_of_its_panel(screen):
    for panel in drawn(screen).findall(f"{NAME}svg"):
        wide, high = float(panel.get("width")), float(panel.get("height"))
        assert 0 <= float(panel.get("x")) <= 48 * WIDE - wide
        for one in panel.iter():
            if one.tag in (f"{NAME}rect", f"{NAME}text"):
                right = float(one.get("x")) + float(one.get("width", 0))
                bottom = float(one.get("y")) + float(one.get("height", 0))
                assert (0 <= right <= wide, 0 <= bottom <= high) == (True, True), one.attrib


def test_words_are_cut_where_their_room_ends():
    assert text(0, 0, "abcdefghij", wide=31) == '<text x="0.0" y="0.0">abcd…</text>'


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.id)
def test_the_pictures_of_the_page_show_the_panels_that_there_are(screen):
    tree = ET.parse(HOME / "docs" / "pictures" / f"{screen.id}.svg").getroot()
    told = "draw them anew: .venv/bin/python -m tests.dashboards.pictures"
    assert [p.findtext(f"{NAME}title") for p in tree.findall(f"{NAME}svg")] == [
        p.title for p in screen.panels
    ], told
