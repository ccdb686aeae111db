import pytest
from click.testing import CliRunner

from pipeline.cli.dashboards import dashboards
from tests.dashboards.simulated import HOME


def called(*words, **env):
    return CliRunner().invoke(dashboards, words, env=env, standalone_mode=False)


def test_the_prefix_of_the_settings_is_used(tmp_path):
    (tmp_path / "s.toml").write_text('[elastic]\nprefix = "emea"\n', "utf-8")
    assert '"id":"emea-alerts"' in called("build", SHADOWGRAPH_SETTINGS=str(tmp_path / "s.toml")).output


@pytest.mark.parametrize("name", ["UPPER", "with space", "", "a" * 70, "a-b", "*"])
def test_a_prefix_that_no_index_can_have_is_refused(name):
    assert "is no name" in str(called("build", "--prefix", name).exception)


def test_faults_of_files_are_told_with_their_lines(tmp_path):
    (tmp_path / "one.yaml").write_text("title: A\nquestion: B?\nsince: 7\npanels: []\n", "utf-8")
    told = str(called("check", str(tmp_path)).exception)
    assert f"{tmp_path}/one.yaml:3: since: 7 is no span of time" in told
    assert f"{tmp_path}/one.yaml:4: panels are missing" in told


def test_ours_are_whole():
    found = called("check", str(HOME / "dashboards"))
    assert (found.return_value, found.output) == (0, "3 dashboards, 39 panels: 0 wrong, 0 empty\n")


def test_a_store_without_events_is_told(tmp_path):
    from pipeline.edges.sqlite import SqliteStore

    SqliteStore(tmp_path / "s.db").close()
    told = str(called("show", "triage", "--store", f"sqlite:///{tmp_path}/s.db").exception)
    assert "holds no events" in told
