"""From bytes to redacted fields: read, sketch, redact. No memory."""

from pipeline.understand.idle import is_idle
from pipeline.understand.read import Reading, read, read_all
from pipeline.understand.redact import redact
from pipeline.understand.sketch import sketch

__all__ = ["Reading", "is_idle", "read", "read_all", "redact", "sketch"]
