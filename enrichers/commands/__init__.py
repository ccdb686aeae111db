"""What a command line does besides running. Nothing is ever run."""

from enrichers.commands.reading import read_command

__all__ = ["read_command"]
