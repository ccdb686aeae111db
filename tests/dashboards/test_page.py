import re

from pipeline.dashboards.check import check
from pipeline.dashboards.nouns import SOURCES
from pipeline.dashboards.objects import saved_objects
from pipeline.dashboards.read import CHARTS, PANEL, SCREEN, read_dashboards
from tests.dashboards import page


def test_the_page_of_dashboards_is_the_one_that_the_files_write():
    told = "write it anew: .venv/bin/python -m tests.dashboards.page"
    text = page.PLACE.read_text("utf-8")
    assert page.page(text) == text, told


def test_every_key_source_and_chart_of_the_files_is_told_of():
    names = re.findall(r"`(\w+)`", page.PLACE.read_text("utf-8"))
    assert {*SCREEN, *PANEL, *SOURCES, *CHARTS} - {*names} == set()


def test_the_example_of_the_page_is_a_dashboard_that_kibana_takes(tmp_path):
    (example,) = re.findall(r"```yaml\n(.*?)```", page.PLACE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "nights.yaml").write_text(example, "utf-8")
    assert check(saved_objects(read_dashboards(tmp_path))) == []
