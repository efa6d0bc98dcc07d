"""A folder of SQL files: read when it is used, read again when it changes, and never worse than it was."""

import pytest
from structlog.testing import capture_logs

from daybook.kernel.errors import InvalidInput, Misconfigured
from daybook.report_types.registry import Registry, registry
from daybook.report_types.sql.settings import Limits, SqlSettings
from daybook.report_types.sql.types import SqlTypes
from daybook.reports.report_types import not_schedulable
from tests.report_types.sql.writing import HEADER, NAME, Folder, request

ONE, TWO, THREE = (f"{HEADER}\nSELECT {number} AS n" for number in ("1", "22", "333"))
WRONG = f"{HEADER}\nSELEC 4444 AS n"
OTHER = ONE.replace(NAME, "GET_ANOTHER_REPORT")
LISTINGS = "GET_MERCHANT_LISTINGS_DATA"


def made(types: SqlTypes, name: str = NAME) -> bytes:
    return b"".join(types[name].produce(None, request(report_type=name)))


def test_every_file_of_the_folder_is_a_report_type(folder: Folder) -> None:
    folder.write(ONE)
    folder.write(OTHER, "b.sql")
    folder.write("no report", "notes.txt")
    folder.write("half written", ".c.sql")
    types = folder.open()
    types.check()
    assert (sorted(types), len(types), "GET_NONE" in types) == (["GET_ANOTHER_REPORT", NAME], 2, False)


def test_a_file_is_read_again_when_it_changes(folder: Folder) -> None:
    folder.write(ONE)
    types = folder.open()
    assert made(types) == b"n\n1\n"
    folder.write(TWO)
    assert made(types) == b"n\n22\n"
    folder.write(TWO.replace(NAME, "GET_RENAMED"))
    assert sorted(types) == sorted(types.types()) == ["GET_RENAMED"]


def test_a_file_that_comes_or_goes_is_seen(folder: Folder) -> None:
    path = folder.write(ONE)
    types = folder.open()
    assert sorted(types) == [NAME]
    folder.write(OTHER, "b.sql")
    assert sorted(types) == ["GET_ANOTHER_REPORT", NAME]
    path.unlink()
    assert sorted(types) == ["GET_ANOTHER_REPORT"]


def test_an_unchanged_folder_is_not_read_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write(ONE)
    types = folder.open()
    types.check()
    monkeypatch.setattr("daybook.report_types.sql.types.read_definition", None)
    assert made(types) == b"n\n1\n"


def test_a_mistake_leaves_the_last_good_version_and_is_logged_with_its_line(folder: Folder) -> None:
    folder.write(ONE)
    types = folder.open()
    types.check()
    folder.write(WRONG)
    with capture_logs() as logs:
        assert (made(types), made(types)) == (b"n\n1\n", b"n\n1\n")
    [told] = logs
    assert told["log_level"] == "error"
    assert told["reason"] == 'a.sql, line 4: syntax error at or near "SELEC".'
    assert told["stays"] == "its last good version"
    types.check()
    folder.write(THREE)
    assert made(types) == b"n\n333\n"


def test_another_process_and_the_next_start_know_the_last_good_version_too(folder: Folder) -> None:
    folder.write(ONE)
    folder.open().check()
    folder.write(WRONG)
    later = folder.open()
    later.check()
    assert made(later) == b"n\n1\n"


def test_a_file_that_never_was_right_stops_the_start(folder: Folder) -> None:
    folder.write(ONE)
    folder.write(WRONG.replace(NAME, "GET_WRONG"), "b.sql")
    types = folder.open()
    with pytest.raises(Misconfigured, match=r'b\.sql, line 4: syntax error at or near "SELEC"'):
        types.check()
    assert sorted(types) == [NAME]


def test_a_file_that_is_gone_is_forgotten(folder: Folder) -> None:
    path = folder.write(ONE)
    types = folder.open()
    types.check()
    path.unlink()
    assert sorted(types) == []
    folder.write(WRONG)
    assert sorted(types) == []


def test_line_ends_and_a_mark_of_other_systems_are_read(folder: Folder) -> None:
    folder.write("").write_bytes(b"\xef\xbb\xbf" + ONE.replace("\n", "\r\n").encode())
    types = folder.open()
    types.check()
    assert made(types) == b"n\n1\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (ONE.replace(NAME, LISTINGS).encode(), rf"a\.sql, line 1: {LISTINGS} is another report type's name already"),
        (f"{HEADER}\nSELECT '".encode() + b"\xff'", r"a\.sql, line 4: it is not UTF-8"),
        (f"{HEADER}\nSELECT $colour".encode(), r"a\.sql, line 4: there is no value \$colour to bind; there are \$end"),
        (f"{HEADER}\nSELECT ?".encode(), r"a\.sql, line 4: there is no value \$1 to bind"),
        (f"{HEADER}\nFROM orders".encode(), r"a\.sql, line 4: there is no source 'orders'; the settings have: none"),
    ],
)
def test_a_file_is_refused_with_file_line_and_reason(folder: Folder, content: bytes, reason: str) -> None:
    folder.write("").write_bytes(content)
    with pytest.raises(Misconfigured, match=reason):
        folder.open().check()


def test_a_name_is_one_files_alone(folder: Folder) -> None:
    folder.write(ONE)
    folder.write(TWO, "b.sql")
    types = folder.open()
    with pytest.raises(Misconfigured, match=rf"b\.sql, line 1: {NAME} is in a\.sql already"):
        types.check()
    assert made(types) == b"n\n1\n"


def test_a_folder_that_is_not_there_stops_the_start_and_is_waited_for_later(folder: Folder) -> None:
    with pytest.raises(Misconfigured, match=r"The folder of SQL report types, .*, cannot be read"):
        folder.open().check()
    folder.write(ONE)
    types = folder.open()
    types.check()
    folder.types.rename(folder.path / "away")
    assert made(types) == b"n\n1\n"


def test_the_registry_knows_sql_types_as_they_are_now(folder: Folder) -> None:
    folder.write(ONE)
    known = registry(folder.settings)
    known.check()
    found = known.types.find(NAME)
    assert (found.category, found.content_type, found.row, found.file) == (
        "sql",
        "text/plain; charset=UTF-8",
        1,
        "a.sql",
    )
    assert known.types.search("sql") == [found]
    assert len(list(known.types)) == 109
    assert {NAME, LISTINGS} <= set(known.producers)
    assert (known.producers[NAME].report_type, known.producers[LISTINGS].report_type) == (NAME, LISTINGS)
    folder.write(OTHER)
    assert (NAME in known.types, "GET_ANOTHER_REPORT" in known.types, NAME in known.producers) == (False, True, False)
    with pytest.raises(InvalidInput, match=f"Invalid Report Type {NAME}"):
        known.types.find(NAME)


def test_only_a_type_whose_header_says_so_is_scheduled(folder: Folder) -> None:
    folder.write(ONE)
    known = registry(folder.settings)
    refused = not_schedulable(known.types.find(NAME))
    assert refused is not None
    assert refused.message == f"Creation of report schedule type {NAME} is not allowed at this time"
    assert refused.details.startswith("Line 1 of a.sql says that it cannot be scheduled")
    folder.write(ONE.replace("\n\n", "\n-- schedulable: yes\n\n"))
    assert not_schedulable(known.types.find(NAME)) is None


def test_without_a_folder_there_are_the_other_types_alone(folder: Folder) -> None:
    known: Registry = registry(SqlSettings(None, {}, Limits(), folder.path))
    known.check()
    assert len(list(known.types)) == 108


def test_every_sql_report_is_made_in_a_child_process(folder: Folder) -> None:
    folder.write(ONE)
    assert folder.open()[NAME].rows_up_to(None, request(), 50_000) == 50_000
