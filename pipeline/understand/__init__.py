"""From bytes to redacted fields: read, sketch, redact. No memory."""

from pipeline.understand.idle import is_idle
from pipeline.understand.read import read
from pipeline.understand.redact import redact
from pipeline.understand.sketch import sketch

__all__ = ["is_idle", "read", "redact", "sketch"]
