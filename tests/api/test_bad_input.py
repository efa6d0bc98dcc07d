"""Bad input of every kind: a clear answer, never a fault of the server's, and nothing half-written."""

import json
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.serving import (
    ALL_LISTINGS,
    DECODING,
    DOCUMENTS,
    FAULTY_LISTINGS,
    JSON,
    REPORTS,
    SCHEDULES,
    US,
    Client,
    Daybook,
)

GOOD = {
    REPORTS: {"reportType": ALL_LISTINGS, "marketplaceIds": [US]},
    SCHEDULES: {"reportType": FAULTY_LISTINGS, "marketplaceIds": [US], "period": "P1D"},
}
BOTH = pytest.mark.parametrize("path", [REPORTS, SCHEDULES])
FUZZ = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def posted(client: Client, path: str, member: str) -> int:
    """The status of a good body with one more member, as raw text."""
    body = json.dumps(GOOD[path])[:-1] + f', "more": {member}}}'
    return client.send("POST", path, body.encode("utf-8", "surrogatepass")).status


@DECODING
@BOTH
def test_json_of_any_depth_is_taken_or_refused(first: Client, path: str) -> None:
    """Around the depth at which decoders give up lies the fault that nobody sees."""
    depths = [1, 50, 100, *range(150, 1100, 25), *range(880, 1000, 3), 5_000, 100_000]
    for depth in depths:
        for opened, closed in (("[", "]"), ('{"a":', "}")):
            member = opened * depth + "1" + closed * depth
            assert posted(first, path, member) in (201, 202, 400), depth


@DECODING
@BOTH
@pytest.mark.parametrize("number", ["1" * 400, "-1" + "0" * 400, "1e999", "-0", "1.5e-300", "9223372036854775808"])
def test_numbers_of_any_size_are_taken_where_nobody_reads_them(first: Client, path: str, number: str) -> None:
    assert posted(first, path, number) in (201, 202, 400)


@DECODING
@BOTH
@pytest.mark.parametrize(
    "body",
    [
        b'{"reportType": "\xff\xfe"}',
        b'{"reportType": "\xc3"}',
        b"\xef\xbb\xbf{}",
        b'{"reportType": NaN}',
        b"{'reportType': 'x'}",
        b'{"reportType": "x",}',
        b'{"reportType": "x"} {}',
        b"\0" * 100,
        b"PK\x03\x04",
        b"reportType=x&marketplaceIds=y",
    ],
)
def test_a_body_that_is_not_json_is_refused(first: Client, path: str, body: bytes) -> None:
    answer = first.send("POST", path, body)
    assert answer.refusal == (400, "InvalidInput")
    assert answer.error["message"]


@BOTH
@pytest.mark.parametrize(
    "member", ["reportType", "marketplaceIds", "reportOptions", "period", "nextReportCreationTime"]
)
@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "\udfff x"])
def test_text_that_no_database_keeps_is_refused(first: Client, path: str, member: str, text: str) -> None:
    """A NUL, and half of a surrogate pair."""
    value: object = {"marketplaceIds": [text], "reportOptions": {text: text}}.get(member, text)
    answer = first.send("POST", path, json.dumps(GOOD[path] | {member: value}).encode())
    read = member in GOOD[path] or member == "reportOptions" or (path == SCHEDULES and "next" in member)
    assert answer.status == (400 if read or "\0" not in text else 202)


@DECODING
def test_a_query_that_is_not_utf_8_is_refused(first: Client) -> None:
    for query in ("reportTypes=%FF", "reportTypes=\xff", f"reportTypes={ALL_LISTINGS}&x=%C3"):
        assert first.get(f"{REPORTS}?{query}").refusal == (400, "InvalidInput")


@pytest.mark.parametrize("name", ["reportTypes", "marketplaceIds", "processingStatuses", "createdSince", "nextToken"])
def test_a_nul_in_a_query_is_refused(first: Client, name: str) -> None:
    assert first.get(f"{REPORTS}?reportTypes={ALL_LISTINGS}&{name}=a%00b").refusal == (400, "InvalidInput")


@DECODING
def test_an_error_repeats_little_of_what_was_sent(first: Client) -> None:
    """A body as long as the limit does not come back."""
    long = "x" * 900_000
    answers = [
        first.post(REPORTS, GOOD[REPORTS] | {"reportType": long}),
        first.post(REPORTS, GOOD[REPORTS] | {"marketplaceIds": [long]}),
        first.post(REPORTS, GOOD[REPORTS] | {"dataStartTime": long}),
        first.post(SCHEDULES, GOOD[SCHEDULES] | {"period": long}),
        first.get(f"{REPORTS}?reportTypes={long}"),
        first.get(f"{REPORTS}?reportTypes={ALL_LISTINGS}&pageSize={long}"),
        first.get(f"{REPORTS}?reportTypes={ALL_LISTINGS}&processingStatuses={long}"),
        first.get(f"/{long}"),
    ]
    assert [answer.status for answer in answers] == [400] * 7 + [403]
    assert max(len(answer.body) for answer in answers) < 2_000


# Whatever comes

TEXTS = st.text(max_size=20) | st.sampled_from([ALL_LISTINGS, US, "P1D", "2026-11-21", "\0", "DONE", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    [
        "reportType",
        "marketplaceIds",
        "reportOptions",
        "dataStartTime",
        "dataEndTime",
        "period",
        "nextReportCreationTime",
    ]
)


@FUZZ
@given(path=st.sampled_from([REPORTS, SCHEDULES]), members=st.dictionaries(MEMBERS | TEXTS, VALUES, max_size=4))
def test_no_body_is_a_fault_of_the_servers(first: Client, path: str, members: dict[str, object]) -> None:
    assert first.post(path, GOOD[path] | members).status in (201, 202, 400)
    assert first.post(path, members).status in (201, 202, 400)


@DECODING
@FUZZ
@given(path=st.sampled_from([REPORTS, SCHEDULES, "/auth/o2/token"]), body=st.binary(max_size=200))
def test_no_bytes_are_a_fault_of_the_servers(first: Client, path: str, body: bytes) -> None:
    assert first.send("POST", path, body, JSON).status == 400


NAMES = st.sampled_from(
    ["reportTypes", "processingStatuses", "marketplaceIds", "pageSize", "createdSince", "createdUntil", "nextToken"]
)


@FUZZ
@given(
    path=st.sampled_from([REPORTS, SCHEDULES, f"{DOCUMENTS}/x", f"{REPORTS}/x", "/documents/a/b"]),
    pairs=st.lists(st.tuples(NAMES | TEXTS, TEXTS | st.integers().map(str)), max_size=6),
    typed=st.booleans(),
)
def test_no_query_is_a_fault_of_the_servers(
    first: Client, path: str, pairs: list[tuple[str, str]], typed: bool
) -> None:
    sent = [("reportTypes", ALL_LISTINGS), *pairs] if typed else pairs
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in sent)
    assert first.get(f"{path}?{query}").status in (200, 400, 403, 404)


@FUZZ
@given(id=st.text(min_size=1, max_size=30), path=st.sampled_from([REPORTS, SCHEDULES, DOCUMENTS]), delete=st.booleans())
def test_no_path_is_a_fault_of_the_servers(first: Client, id: str, path: str, delete: bool) -> None:
    method = "DELETE" if delete and path != DOCUMENTS else "GET"
    assert first.send(method, f"{path}/{quote(id, safe='')}").status in (200, 400, 403, 404, 405)


@DECODING
@FUZZ
@given(
    headers=st.dictionaries(
        st.sampled_from(["authorization", "x-amz-access-token", "content-type", "range", "host", "cookie", "accept"]),
        st.text(st.characters(max_codepoint=255), max_size=30),
    )
)
def test_no_header_is_a_fault_of_the_servers(daybook: Daybook, headers: dict[str, str]) -> None:
    assert daybook.wire.send("GET", f"{REPORTS}/x", headers).status in (400, 401, 403)
    assert daybook.wire.send("POST", "/auth/o2/token", headers, b"x").status == 400
