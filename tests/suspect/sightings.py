"""Events that several sources tell, and what a home makes of them."""

import json

import msgspec

from pipeline.event import Event, Verdict, home_of
from pipeline.flow import suspect, understand
from pipeline.record import Place, Record
from pipeline.signal import Signal
from pipeline.suspect import learn, recall
from tests.packs import pack, rule

TEXT = "hmac-sha256:" + "0123456789abcdef" * 4
OTHER = "hmac-sha256:" + "fedcba9876543210" * 4
PACK = pack(rule("loud"), rule("late"))


def event(name, source, time=0.0, **fields):
    fields = {
        "event.id": name,
        "event.action": "prompt",
        "event.dataset": source,
        "user.id": "ada",
        "ai.content.length": 40,
        **{key.replace("__", "."): value for key, value in fields.items()},
    }
    fields = {key: value for key, value in fields.items() if value is not None}
    return Event(name, time, home_of(fields), idle=False, fields=fields)


def told(memory, *events):
    """Take events; give the id of the act that each one is."""
    acts = []
    for one in events:
        _, adds = recall(one, memory)
        joined = msgspec.structs.replace(one, fields=one.fields | adds)
        list(learn(joined, [], memory))
        acts.append(joined.fields["event.id"])
    return acts


def counted(memory):
    return sum(total.events for hour in memory.hours.values() for total in hour.values())


def judged(memory, *events):
    outputs = [output for one in events for output in suspect(one, memory, PACK)]
    verdicts = [output.event.id for output in outputs if isinstance(output, Verdict)]
    firings = [
        output.rule.removeprefix("digest-")
        for output in outputs
        if isinstance(output, Signal) and output.rule
    ]
    return verdicts, firings


def said(name, text, turn, **more):
    known = {
        "event__module": "litellm",
        "gen_ai__conversation__id": "c",
        "ai__turn__id": turn,
        "ai__content__role": "user",
        "ai__content__length": 3,
        "ai__content__hash": text,
    }
    return event(name, "litellm.request", **known | more)


def understood(reference, record):
    (events,) = understand(
        [Record(Place("f", 1), "auto", None, None, json.dumps(record).encode())], PACK, reference
    )
    return events
