import json

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.simulate.story import ATTACKS, stories


def called(*words):
    found = CliRunner().invoke(main, ["simulate", *map(str, words)], env={"COLUMNS": "120"})
    return found.exit_code, found.stdout, found.stderr


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def summary(*words):
    code, out, err = called(*words, "--json")
    assert (code, err) == (0, "")
    (line,) = out.splitlines()
    return json.loads(line)


def test_a_run_writes_logs_truth_and_company(tmp_path):
    raw, data = tmp_path / "logs", tmp_path / "company"
    told = summary("--events", 3000, "--raw", raw, "--data", data)
    counted = {path.name: len(path.read_bytes().splitlines()) for path in raw.iterdir()}
    assert told["records"] == sum(counted.values()) == 3000
    assert told["files"] == counted
    assert (data / "people.csv").is_file()
    assert told["truth"] == str(tmp_path / "logs.truth.jsonl")
    assert (told["first"], told["last"]) == (
        min(told["first"], told["last"]),
        max(told["first"], told["last"]),
    )


def test_truth_points_at_the_lines_that_it_tells_of(tmp_path):
    raw = tmp_path / "logs"
    summary("--scenario", "key_in_prompt", "--raw", raw)
    facts = lines(tmp_path / "logs.truth.jsonl")
    (act,) = [fact for fact in facts if "scenario" in fact]
    assert (act["scenario"], act["expects"], act["file"]) == ("key_in_prompt", ["EXF-001"], "sensor.jsonl")
    record = lines(raw / act["file"])[act["line"] - 1]
    assert "aws_access_key_id = AKIA" in record["ai.content.text"]
    assert (record["@timestamp"], record["user.email"]) == (act["time"], act["user"])
    assert {fact["context"] for fact in facts if fact is not act} == {"key_in_prompt"}


def test_look_alikes_stand_in_the_truth_with_what_must_become_of_them(tmp_path):
    summary("--days", 1, "--raw", tmp_path / "logs")
    facts = [fact for fact in lines(tmp_path / "logs.truth.jsonl") if "kind" in fact]
    assert {fact["must"] for fact in facts} == {"silent", "below_high"}
    assert len({fact["kind"] for fact in facts}) >= 15


def test_a_scenario_is_found_by_its_catalogue_id_too(tmp_path):
    told = summary("--scenario", "AGT-005", "--raw", tmp_path / "logs")
    assert told["stories"].keys() == {"agent_secret_exfil"}


def test_a_smaller_run_leaves_nothing_of_a_larger_one(tmp_path):
    summary("--events", 3000, "--raw", tmp_path / "logs")
    told = summary("--events", 20, "--raw", tmp_path / "logs")
    assert {path.name for path in (tmp_path / "logs").iterdir()} == told["files"].keys()


def test_the_list_names_every_scenario():
    code, out, _ = called("--list", "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [one["scenario"] for one in told] == [story.name for story in stories(ATTACKS)]
    code, out, _ = called("--list")
    assert code == 0
    assert all(story.name in out and story.expects[0] in out for story in stories(ATTACKS))


def test_people_are_told_what_to_type_next(tmp_path):
    code, out, err = called("--events", 100, "--raw", tmp_path / "logs")
    assert code == 0
    assert f"shadowgraph run {tmp_path / 'logs'}" in out
    assert "records/s" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--scenario", "agent_secret_exfl"), "did you mean agent_secret_exfil"),
        (("--scenario", ""), "no scenario is named "),
        (("--scenario", "zzz"), "no scenario is named zzz: `simulate --list`"),
        (("--events", 0), "0 is not in the range"),
        (("--events", "many"), "'many' is not a valid integer"),
        (("--days", -1), "-1 is not in the range"),
        (("--days", 10**9), "1000000000 is not in the range"),
        (("--seed", -1), "-1 is not in the range"),
        (("--scenario", "banned_app", "--events", 5), "with --scenario say --days"),
    ],
)
def test_bad_input_is_told_in_words(tmp_path, words, told):
    code, out, err = called(*words, "--raw", tmp_path / "logs")
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_logs_that_no_simulation_wrote_are_not_overwritten(tmp_path):
    (tmp_path / "litellm.jsonl").write_text("mine\n", "utf-8")
    code, _, err = called("--events", 5, "--raw", tmp_path, "--data", tmp_path / "company")
    assert not (tmp_path / "company").exists()
    assert (code, (tmp_path / "litellm.jsonl").read_text("utf-8")) == (2, "mine\n")
    assert "no simulation wrote" in err


@pytest.mark.parametrize("folder", [".", "", "..", "logs/.."])
def test_the_working_folder_is_none_for_logs(tmp_path, monkeypatch, folder):
    (tmp_path / "logs").mkdir()
    monkeypatch.chdir(tmp_path)
    code, _, err = called("--events", 5, "--raw", folder)
    assert (code, [path.name for path in tmp_path.iterdir()]) == (2, ["logs"])
    assert "a folder for the logs alone" in err


def test_the_companys_own_data_is_not_told_to_be_a_log(tmp_path):
    raw = tmp_path / "logs"
    _, out, _ = called("--events", 5, "--raw", raw, "--data", raw / "company")
    assert f"shadowgraph run {raw}/*.jsonl {raw}/*.log --data {raw / 'company'}" in out


def test_a_file_is_no_folder_for_logs(tmp_path):
    (tmp_path / "logs").write_text("x", "utf-8")
    code, _, err = called("--raw", tmp_path / "logs")
    assert code == 2
    assert "is a file" in err
