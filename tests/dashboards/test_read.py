import pytest

from pipeline.dashboards.nouns import Place
from pipeline.dashboards.read import read_dashboards
from pipeline.errors import ContentError
from tests.dashboards.simulated import PANELS, SCREENS

PANEL = """
- title: Waiting
  question: How much waits?
  read: All of it.
  source: alerts
  chart: number
  metrics: {Alerts: count}
  size: 12x6
"""
GOOD = f"""title: Screen
question: What is there?
since: 24h
controls:
  user.id: Person
panels:{PANEL}"""


def read(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_dashboards(folder)


def faults(folder, **files):
    with pytest.raises(ContentError) as caught:
        read(folder, **files)
    return [str(one).replace(f"{folder}/", "") for one in caught.value.problems]


def test_our_own_dashboards_can_be_read():
    assert [one.id for one in SCREENS] == ["exfiltration", "timeline", "triage"]


def test_every_panel_of_ours_says_how_it_is_read():
    assert all(panel.question.endswith("?") and panel.read.endswith(".") for _, panel in PANELS)


def test_panels_flow_from_left_to_right_and_then_below(tmp_path):
    sizes = ("30x6", "18x10", "20x4", "48x3")
    more = "".join(
        PANEL.replace("Waiting", f"P{number}").replace("12x6", size) for number, size in enumerate(sizes)
    )
    (one,) = read(tmp_path, one=GOOD.replace(PANEL, more))
    places = [Place(0, 0, 30, 6), Place(30, 0, 18, 10), Place(0, 10, 20, 4), Place(0, 14, 48, 3)]
    assert [panel.place for panel in one.panels] == places


def test_all_faults_of_all_files_are_told_at_once_with_their_lines(tmp_path):
    broken = GOOD.replace("24h", "a while").replace("count", "sum user.id").replace("12x6", "60x6")
    found = faults(
        tmp_path,
        broken=broken,
        other="title: [",
        third=GOOD.replace("user.id", "user.idd").replace("Screen", "Third"),
    )
    assert [line.partition(" ")[0] for line in found] == [
        "broken.yaml:3:",
        "broken.yaml:12:",
        "broken.yaml:13:",
        "other.yaml:2:",
        "third.yaml:5:",
    ]
    assert found[-1] == "third.yaml:5: user.idd: no document has the field user.idd: did you mean user.id?"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("title: Screen", "titel: Screen", "nothing is called titel here"),
        ("  chart: number", "  chart: pie", "chart is none of those known"),
        ("  source: alerts", "  source: mail", "source is none of those known"),
        ("  read: All of it.\n", "", "read is missing"),
        ("{Alerts: count}", "{}", "a number needs one metric with a label"),
        ("{Alerts: count}", "{A: count, B: count}", "a number needs one metric with a label"),
        ("{Alerts: count}", "{Alerts: average ai.alert.title}", "average does not work on ai.alert.title"),
        ("{Alerts: count}", "{Alerts: {of: count, wher: {}}}", "a metric has no wher"),
        ("  size:", "  groups: [top 5 rule.id]\n  size:", "a number has 0 to 0 groups"),
        ("  size:", "  columns: [rule.id]\n  size:", "a number has no columns"),
        ("  size:", "  where: {ai.surface: fax}\n  size:", "ai.surface is never fax"),
        ("  size:", "  where: {message: a}\n  size:", "message is a text, which cannot be a condition"),
        ("  size:", "  where: {ai.alert.count: many}\n  size:", "ai.alert.count cannot be 'many'"),
        ("  size:", "  where: {rule.id: 'a\"b'}\n  size:", "rule.id cannot be"),
        ("  size:", "  unless: {rule.id: {from: 1}}\n  size:", "rule.id from and below are for numbers"),
        ("  size:", "  leads: nowhere\n  size:", "leads to no other dashboard"),
        ("  size:", "  leads: one\n  size:", "leads to no other dashboard"),
        ("user.id: Person", "ai.alert.count: Count", "of which there is no list to choose from"),
    ],
)
def test_a_fault_is_named(tmp_path, old, new, fault):
    assert fault in "\n".join(faults(tmp_path, one=GOOD.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("chart", "groups", "fault"),
    [
        ("bar", "[]", "a bar has 1 to 2 groups"),
        ("bar", "[top 0 rule.id]", "top 0 is not from 1 to 100"),
        ("bar", "[top 5 message]", "message is a text, which cannot be grouped by"),
        ("bar", "[five rules]", "five rules is no group"),
        ("bar", "[{ranges: rule.id, bounds: [1, 2]}]", "rule.id is no number and has no ranges"),
        ("bar", "[{ranges: ai.alert.count, bounds: [2, 1]}]", "bounds are numbers that grow"),
        (
            "bar",
            "[{ranges: ai.alert.count, bounds: [1, 2], names: [a, b]}]",
            "each range between two bounds has one name",
        ),
        ("area", "[top 5 rule.id]", "the last group of an area is its time"),
        ("heat", "[top 5 rule.id]", "a heat has 2 to 2 groups"),
    ],
)
def test_a_fault_of_groups_is_named(tmp_path, chart, groups, fault):
    text = GOOD.replace("chart: number", f"chart: {chart}\n  groups: {groups}")
    assert fault in "\n".join(faults(tmp_path, one=text))


def test_standings_have_no_hours(tmp_path):
    text = GOOD.replace("source: alerts", "source: standings").replace("number", "area\n  groups: [every 1h]")
    assert "standings have no time" in "\n".join(faults(tmp_path, one=text))


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("columns: [ai.alert.steps]", "ai.alert.steps cannot be a column"),
        ("columns: ['@timestamp']", "@timestamp cannot be a column"),
        ("columns: [user.idd]", "no document has the field user.idd"),
        ("columns: []", "a list needs columns"),
        ("columns: [rule.id]\n  limit: 1000", "limit is not from 1 to 100"),
        ("columns: [rule.id]\n  sort: rule.id", "a list is ordered by a number or a time"),
    ],
)
def test_a_fault_of_a_list_is_named(tmp_path, words, fault):
    text = GOOD.replace("chart: number\n  metrics: {Alerts: count}", f"chart: list\n  {words}")
    assert fault in "\n".join(faults(tmp_path, one=text))


def test_titles_are_there_once(tmp_path):
    found = faults(tmp_path, one=GOOD + PANEL, two=GOOD)
    assert found == [
        "one.yaml:15: two panels have this title (choose another one)",
        "two.yaml:1: another dashboard has this title (choose another one)",
    ]


@pytest.mark.parametrize("text", ["- a", "", "title: A\nquestion: B?\nsince: 7d\npanels: [1]\n"])
def test_what_is_no_dashboard_is_told(tmp_path, text):
    assert faults(tmp_path, one=text)


def test_an_empty_folder_is_told(tmp_path):
    assert "holds no dashboards" in "".join(faults(tmp_path))
