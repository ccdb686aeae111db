import pytest
from msgspec.structs import replace

from pipeline.errors import BadRecord
from pipeline.understand.columns import names_columns
from pipeline.understand.read import read
from tests.understand.samples import ADA, recorded

PURVIEW = b"RecordId,CreationDate,RecordType,Operation,UserId,AuditData"
OURS = b"\xef\xbb\xbf@timestamp,event.id,event.action,user.email,ai.content.text"


def below(header, line):
    return [fields for _, fields in read(replace(recorded(line), header=header))]


@pytest.mark.parametrize("line", [PURVIEW, OURS, b'"schemaType","schemaVersion","modelId"'])
def test_a_row_of_names_that_a_reader_knows_is_a_head(line):
    assert names_columns(line)


@pytest.mark.parametrize(
    "line",
    [b"", b"one line of text", b"a,b,c", b"modelId,schemaType", b"modelId,modelId,schemaType,schemaVersion", b"#fields,ts,uid,id.orig_h",
     b'{"ts":1,"uid":2,"proto":3}', b"modelId,,schemaType,schemaVersion", b'"modelId,schemaType,\rschemaVersion'],
)  # fmt: skip
def test_any_other_row_is_none(line):
    assert not names_columns(line)


def test_a_row_below_a_head_is_an_object_of_its_cells():
    (fields,) = below(OURS, f'2026-03-04T09:00:00Z,e-1,prompt,{ADA},"a, ""b"""')

    assert (fields["event.id"], fields["user.email"], fields["ai.content.text"]) == ("e-1", ADA, 'a, "b"')


def test_a_column_may_hold_the_whole_record():
    told = '{"CreationTime": "2026-03-04T09:05:00", "Id": "7", "Operation": "UserLoggedIn", "RecordType": 15, "UserId": "ada"}'
    (fields,) = below(PURVIEW, f'7,2026-03-04,15,UserLoggedIn,ada,"{told.replace(chr(34), chr(34) * 2)}"')

    assert fields["event.module"] == "o365"


@pytest.mark.parametrize(
    ("line", "reason"),
    [("1,2,3,4,5,6", "more cells than it has columns"), ('1,"2', "breaks off within quotes")],
)
def test_a_row_that_does_not_fit_is_told(line, reason):
    with pytest.raises(BadRecord, match=reason):
        below(OURS, line)


def test_json_below_a_head_stays_json():
    with pytest.raises(BadRecord, match="no known format; keys: none; 1 that no format has"):
        below(OURS, {"a": 1})
