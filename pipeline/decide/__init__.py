"""What a subject makes of the signals that it hears: windows, alerts, standings."""

from pipeline.decide.docket import Docket, opens
from pipeline.decide.grouping import answer, close_days
from pipeline.decide.hearing import concluded, heard, spoken
from pipeline.decide.standing import decay, remember

__all__ = ["Docket", "answer", "close_days", "concluded", "decay", "heard", "opens", "remember", "spoken"]
