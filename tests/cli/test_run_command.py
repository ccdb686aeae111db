import json
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from importlib import import_module

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.edges.embedded import Batch
from pipeline.edges.sqlite import SqliteStore

run_command = import_module("pipeline.cli.run")

KEY = "AKIAY3NRDL7QWZ5KXH2P"
PROMPT = {
    "@timestamp": "2026-03-04T09:07:00.000000Z",
    "event.id": "nl-1",
    "event.kind": "event",
    "event.action": "prompt",
    "user.email": "ada.lind@fernwood.example",
    "ai.surface": "browser",
    "host.name": "fw-w-ada",
    "url.domain": "chatgpt.com",
    "ai.content.text": f"deploy fails:\naws_access_key_id = {KEY}\n",
}
SHELL = [sys.executable, "-c", "from pipeline.cli import main; main()"]


def called(*words, stdin=None, **env):
    found = CliRunner().invoke(main, [str(word) for word in words], input=stdin, env=env)
    return found.exit_code, found.stdout, found.stderr


def file(folder, *lines, name="sensors.jsonl"):
    path = folder / name
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def objects(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.fixture
def log(tmp_path):
    return file(tmp_path, PROMPT, "broken", "", {**PROMPT, "event.id": "nl-2"})


def test_json_on_stdout_is_alerts_and_json_on_stderr_is_rejects(log):
    code, out, said = called("run", log, "--json")
    assert code == 1
    assert {alert["event.kind"] for alert in objects(out)} == {"alert"}
    assert len(objects(out)) == out.count("\n")
    assert [(reject["file"], reject["line"]) for reject in objects(said)] == [(str(log), 2)]


def test_no_stream_holds_the_credential(log):
    for words in (["--json"], []):
        _, out, said = called("run", log, *words)
        assert KEY not in out + said


def test_the_missing_key_is_told_once_and_in_words(log):
    assert called("run", log, "--json")[2].count("SHADOWGRAPH_KEY") == 1
    assert "SHADOWGRAPH_KEY" not in called("run", log, "--json", SHADOWGRAPH_KEY="a key of sixteen bytes")[2]


def test_people_see_a_table_a_summary_and_what_could_not_be_seen(log):
    code, out, said = called("run", log)
    assert code == 1
    assert "\n3 records: 2 events, 0 idle, 1 rejected; " in out
    assert "ada.lind" in out.split("\n3 records")[0]
    assert f"\n    {log}:2\n" in out.partition("What could not be seen")[2]
    assert "events/s" in said
    assert "\x1b" not in out + said


def test_empty_input_gives_no_table(tmp_path):
    code, out, _ = called("run", file(tmp_path))
    assert (code, out) == (0, "0 records: 0 events, 0 idle, 0 rejected; 0 alerts\n")


def test_a_folder_stands_for_its_files_and_standard_input_for_itself(log):
    alone = objects(called("run", log, "--json")[1])
    assert len(objects(called("run", log.parent, "--json")[1])) == len(alone)
    assert len(objects(called("run", "-", "--json", stdin=log.read_text())[1])) == len(alone)


def test_with_a_store_a_finished_run_changes_nothing_and_shows_what_is_held(log, tmp_path):
    url = f"sqlite:///{tmp_path / 'nl.db'}"
    first = called("run", log, "--store", url)[1]
    code, again, _ = called("run", log, "--store", url)
    assert code == 0
    assert again.partition("\n\n")[0] == first.partition("\n\n")[0]
    assert "\n0 records" in again


def test_a_missing_path_is_refused_before_a_store_is_made(log, tmp_path):
    code, out, said = called(
        "run", log, tmp_path / "none.jsonl", "--store", f"sqlite:///{tmp_path / 'nl.db'}"
    )
    assert (code, out) == (2, "")
    assert "none.jsonl" in said
    assert not (tmp_path / "nl.db").exists()


def test_a_link_to_itself_is_named(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    code, _, said = called("run", tmp_path / "loop")
    assert code == 2
    assert "loop" in said


def test_a_missing_data_folder_is_named(log):
    code, _, said = called("run", log, "--data", "/no/such/nl-data")
    assert code == 2
    assert "nl-data" in said


def test_every_fault_of_the_data_folder_is_listed(log, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "apps.yaml").write_text("apps: [")
    (data / "policy.yaml").write_text("rules: 1")
    code, _, said = called("run", log, "--data", data)
    assert code == 2
    assert "apps.yaml:" in said
    assert "policy.yaml:" in said


def test_a_name_that_is_no_text_is_refused(tmp_path):
    name = bytes(tmp_path) + b"/odd\xff.jsonl"
    with open(name, "wb") as stream:  # noqa: PTH123 - pathlib takes no bytes
        stream.write(b"")
    found = subprocess.run([*SHELL, "normalise", name], capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "odd\\udcff.jsonl" in found.stderr


@pytest.fixture
def interruptible():
    """Let children hear Ctrl-C even where a shell has put us into the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_following_takes_what_is_added_and_ends_quietly(log, tmp_path):
    store = tmp_path / "nl.db"
    words = [*SHELL, "run", str(log), "--follow", "--json", "--store", f"sqlite:///{store}"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        first = json.loads(child.stdout.readline())
        with log.open("a") as stream:
            stream.write(
                json.dumps({**PROMPT, "event.id": "nl-3", "user.email": "ben.okoro@fernwood.example"}) + "\n"
            )
        found = next(line for line in child.stdout if "ben.okoro" in line)
        time.sleep(0.1)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=10)
    assert child.returncode == 0
    assert "Traceback" not in said
    with closing(SqliteStore(store)) as base:
        kept = {alert["event.id"] for alert in base.alerts()}
    assert {first["event.id"], json.loads(found)["event.id"]} <= kept


def test_a_run_that_follows_rests_while_nothing_comes(monkeypatch):
    rests = []
    monkeypatch.setattr(run_command.time, "sleep", rests.append)
    quiet, busy = Counter(records=0, events=0), Counter(records=1, events=0)

    assert len(list(run_command.paced([Batch((), quiet), Batch((), busy), Batch((), quiet)]))) == 3
    assert rests == [run_command.PAUSE] * 2
