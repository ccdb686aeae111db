import json
import logging
import sys

from pipeline.edges.kafka.logs import Lines, Rarely


def record(message, name="shadowgraph.worker", **extra):
    made = logging.makeLogRecord({"name": name, "msg": message, "levelname": "INFO", "levelno": 20})
    vars(made).update(extra)
    return made


def test_a_line_is_json_with_what_was_given():
    told = json.loads(Lines().format(record("opened", log="events-0", position=7)))

    assert (told["message"], told["log"], told["position"], told["level"]) == (
        "opened",
        "events-0",
        7,
        "info",
    )


def test_of_an_error_only_its_kind_and_place_are_written():
    try:
        int("the secret of a record")
    except ValueError:
        line = Lines().format(record("failed", exc_info=sys.exc_info()))

    assert "secret" not in line
    assert json.loads(line)["error"] == "ValueError"
    assert json.loads(line)["trace"][0].startswith("test_logs.py:")


def test_a_library_says_one_thing_once_in_a_while_and_how_often_it_was_said():
    now = [0.0]
    rarely = Rarely(clock=lambda: now[0])
    heard = [rarely.filter(record("no connection", name="aiokafka.client")) for _ in range(3)]
    now[0] = 11.0
    later = record("no connection", name="aiokafka.client")

    assert heard == [True, False, False]
    assert rarely.filter(later)
    assert later.repeated == 2


def test_what_we_say_is_always_written():
    rarely = Rarely(clock=lambda: 0.0)

    assert [rarely.filter(record("opened")) for _ in range(3)] == [True, True, True]
