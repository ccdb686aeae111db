from pipeline.decide.title import plain, title


def test_a_title_has_actor_verb_quantity_destination_and_outcome():
    facts = {
        "event.action": "prompt",
        "user.id": "hugo.brandt",
        "ai.user.hr_state": "notice",
        "ai.data.classes": ["secret", "source_code"],
        "ai.data.secret_types": ["aws_access_key"],
        "ai.data.secret_valid": True,
        "ai.data.code_lines": 40,
        "ai.app.name": "Perplexity",
        "ai.app.status": "unsanctioned",
        "ai.policy.decision": "allow",
    }

    assert title(facts, "Credential sent", 3) == (
        "Credential sent: hugo.brandt (about to leave) sent a live credential (aws access key) and 40 lines of source code "
        "to Perplexity (unsanctioned), 3 times; allowed"
    )


def test_titles_of_other_acts_and_of_silent_events():
    visit = {
        "event.action": "web_visit",
        "user.name": "kira",
        "ai.app.id": "glacier",
        "ai.policy.decision": "block",
    }
    call = {
        "event.action": "tool_call",
        "gen_ai.agent.id": "bot",
        "user.id": "ada",
        "gen_ai.tool.name": ["x", "y"],
    }
    upload = {
        "event.action": "file_upload",
        "service.name": "job",
        "event.outcome": "failure",
        "ai.data.classes": ["secret", "card"],
    }

    assert title(visit, "R") == "R: kira visited glacier; refused"
    assert title(call, "R") == "R: agent bot for ada called x, y; outcome unknown"
    assert (
        title(upload | {"ai.data.secret_types": ["jwt"]}, "R")
        == "R: job uploaded credentials (jwt) and card data; it failed"
    )
    assert title({"event.action": "file_upload"}, "R") == "R: somebody uploaded a file; outcome unknown"
    assert title({}, "R") == "R: somebody did something; outcome unknown"


def test_names_in_titles_are_defused():
    assert plain("\x1b[31m<b>a\u202e`b|c*\n" + "x" * 99) == "31m b a b c " + "x" * 48


def test_public_data_is_not_worth_a_word():
    facts = {"event.action": "prompt", "user.id": "ada", "ai.data.classes": ["public", "card"]}

    assert title(facts, "R") == "R: ada sent card data; outcome unknown"
