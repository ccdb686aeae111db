"""Typed settings from one TOML file and the environment, read once, every fault at once."""

from pipeline.settings.load import load_settings
from pipeline.settings.nouns import DEMO_KEY, Elastic, Kafka, Settings, Worker
from pipeline.settings.words import ENVIRONMENT, REMEDIES, SECRETS

__all__ = [
    "DEMO_KEY",
    "ENVIRONMENT",
    "REMEDIES",
    "SECRETS",
    "Elastic",
    "Kafka",
    "Settings",
    "Worker",
    "load_settings",
]
