"""pySigma reads what we ship: the pack stays Sigma that other tools understand."""

import pytest
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule

from pipeline.content import APART, CONTENT
from pipeline.rules.collection import read_documents
from pipeline.rules.faults import Faults
from pipeline.rules.read import rule_files

DETECTIONS = CONTENT / "detections"
FILES = [
    path
    for path in rule_files(DETECTIONS)
    if path.parent != DETECTIONS and path.relative_to(DETECTIONS).parts[0] not in APART
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pysigma_reads_every_rule_that_we_ship(path):
    found = SigmaCollection.from_yaml(path.read_text("utf-8"))
    found.resolve_rule_references()

    assert not found.errors
    assert len(found.rules) == len(read_documents([path], Faults()))
    for rule in found.rules:
        if not isinstance(rule, SigmaCorrelationRule):
            assert [condition.parsed for condition in rule.detection.parsed_condition]


def test_there_are_rules():
    assert FILES
