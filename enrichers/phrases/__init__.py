"""Weigh the words of a text by what was learned from many: phrases that orders have and harmless texts lack."""

from enrichers.phrases.heard import Hear, Heard, deaf, heard
from enrichers.phrases.joined import WORTH, joined

__all__ = ["WORTH", "Hear", "Heard", "deaf", "heard", "joined"]
