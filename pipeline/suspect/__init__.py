"""What a home makes of an event: recall, policy, rules, and what it learns."""

from pipeline.suspect.baseline import habits
from pipeline.suspect.judge import matched, speak, verdict
from pipeline.suspect.learning import learn
from pipeline.suspect.memory import Memory, wakes
from pipeline.suspect.policy import drift, policy_facts
from pipeline.suspect.recalling import recall
from pipeline.suspect.resting import rest

__all__ = [
    "Memory",
    "drift",
    "habits",
    "learn",
    "matched",
    "policy_facts",
    "recall",
    "rest",
    "speak",
    "verdict",
    "wakes",
]
