"""What a home makes of an event: recall, policy, rules, and what it learns."""

from pipeline.suspect.judge import matched, speak, verdict
from pipeline.suspect.memory import Memory, learn, recall, rest, wakes
from pipeline.suspect.policy import drift, policy_facts

__all__ = [
    "Memory",
    "drift",
    "learn",
    "matched",
    "policy_facts",
    "recall",
    "rest",
    "speak",
    "verdict",
    "wakes",
]
