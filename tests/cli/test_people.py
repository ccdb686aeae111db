import pytest

from pipeline.cli.people import parts, subject_of, who


@pytest.mark.parametrize(
    ("fields", "name", "subject"),
    [
        (
            {"user.id": "ada.lind", "gen_ai.agent.id": "a1", "gen_ai.agent.name": "helper"},
            "helper",
            "gen_ai.agent.id=a1",
        ),
        ({"user.id": "ada.lind", "user.email": "ada@x.example"}, "ada.lind", "user.id=ada.lind"),
        ({"user.email": "ada@x.example"}, "ada@x.example", "user.email=ada@x.example"),
        ({"ai.key.id": "k1"}, "k1", "ai.key.id=k1"),
        ({"source.ip": "192.0.2.7"}, "192.0.2.7", ""),
        ({}, "somebody", ""),
    ],
)
def test_who_acted_is_the_agent_else_the_person_else_the_origin(fields, name, subject):
    assert (who(fields), subject_of(fields)) == (name, subject)


def test_parts_tell_what_is_known_and_leave_out_the_rest():
    fields = {
        "host.name": "fw-w-ada",
        "ai.device.managed": False,
        "ai.data.classes": ["secret", "personal"],
        "ai.data.subjects": 40,
    }
    assert parts(fields) == [("device", "fw-w-ada (managed: no)"), ("data", "secret, personal (40 persons)")]
