"""Shadowgraph: which AI is used, what goes in, what comes out, and what happens then. Read `flow.py` first."""
