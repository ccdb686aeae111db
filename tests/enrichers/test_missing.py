from enrichers.missing import missing


def test_what_a_source_has_told_stays() -> None:
    assert missing({"a": 1, "b": 2}, {"b": 3, "c": 4}) == {"a": 1}


def test_facts_of_which_no_source_has_told_any_are_not_copied() -> None:
    facts = {"a": 1}
    assert missing(facts, {"c": 4}) is facts
