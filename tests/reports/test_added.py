"""Report types that an operator adds in files: read when they are used, read again when they change, never worse."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from daybook.kernel.errors import Misconfigured
from daybook.report_types.registry import registry
from daybook.report_types.sql.settings import Limits, SqlSettings
from daybook.reports.added import AddedTypes
from daybook.reports.report_types import report_types

EXAMPLE = Path(__file__).parents[2] / "examples" / "report-types.csv"
ONE = "report_type,format\nGET_ONE,CSV\n"
TWO = "report_type,format\nGET_ONE,TSV\nGET_TWO,JSON\n"
WRONG = "report_type,format\nGET_ONE,CSV\nGET_TWO,DOC\n"
LISTINGS = "GET_MERCHANT_LISTINGS_DATA"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "types.csv"


def opened(path: Path) -> AddedTypes:
    return AddedTypes(path, {each.name for each in report_types()})


def test_a_files_types_are_there_and_read_again_when_it_changes(file: Path) -> None:
    file.write_text(ONE)
    added = opened(file)
    added.check()
    assert {name: each.format for name, each in added.types().items()} == {"GET_ONE": "CSV"}
    file.write_text(TWO)
    assert {name: each.format for name, each in added.types().items()} == {"GET_ONE": "TSV", "GET_TWO": "JSON"}


def test_every_table_in_a_folder_is_read_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ONE)
    (tmp_path / "b.csv").write_text("report_type\nGET_THREE\n")
    (tmp_path / ".c.csv").write_text("half written")
    (tmp_path / "notes.txt").write_text("no table")
    added = opened(tmp_path)
    added.check()
    assert sorted(added.types()) == ["GET_ONE", "GET_THREE"]
    (tmp_path / "a.csv").unlink()
    assert sorted(added.types()) == ["GET_THREE"]


def test_a_mistake_leaves_the_last_good_version_and_is_logged_once_with_file_line_and_reason(file: Path) -> None:
    file.write_text(ONE)
    added = opened(file)
    added.check()
    file.write_text(WRONG)
    with capture_logs() as logs:
        assert sorted(added.types()) == sorted(added.types()) == ["GET_ONE"]
    [told] = logs
    assert told["log_level"] == "error"
    assert told["reason"].startswith("Line 3 of types.csv is malformed: the format 'DOC' is none of TSV, CSV")
    assert told["stays"] == "its last good version"
    added.check()
    file.write_text(TWO)
    assert sorted(added.types()) == ["GET_ONE", "GET_TWO"]


def test_a_file_that_goes_away_leaves_what_it_held(file: Path) -> None:
    file.write_text(ONE)
    added = opened(file)
    added.check()
    file.unlink()
    assert sorted(added.types()) == ["GET_ONE"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (WRONG.encode(), r"Line 3 of types\.csv is malformed"),
        (f"report_type\n{LISTINGS}\n".encode(), rf"Line 2 of types\.csv: {LISTINGS} is Daybook's own already"),
        (b"report_type\nGET_A\nGET_A\n", r"Line 3 of types\.csv: GET_A is on line 2 of types\.csv already"),
        (b"report_type\n\xff\n", r"types\.csv is not UTF-8: byte 12"),
        (b"", r"Line 1 of types\.csv is malformed: the first line names the columns"),
    ],
)
def test_a_file_that_never_was_right_stops_the_start(file: Path, content: bytes, reason: str) -> None:
    file.write_bytes(content)
    added = opened(file)
    with pytest.raises(Misconfigured, match=reason):
        added.check()
    assert added.types() == {}


def test_a_path_where_nothing_is_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read") as raised:
        opened(tmp_path / "none.csv").check()
    assert "DAYBOOK_REPORT_TYPES" in raised.value.details


def test_a_name_is_one_files_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ONE)
    (tmp_path / "b.csv").write_text(TWO)
    with pytest.raises(Misconfigured, match=r"Line 2 of b\.csv: GET_ONE is on line 2 of a\.csv already"):
        opened(tmp_path).check()


def test_a_mark_of_other_systems_is_read(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + ONE.replace("\n", "\r\n").encode())
    assert sorted(opened(file).types()) == ["GET_ONE"]


def test_the_example_is_right() -> None:
    added = opened(EXAMPLE)
    added.check()
    assert sorted(added.types()) == [
        "GET_RETURNS_BY_REASON_DATA",
        "GET_WAREHOUSE_FORECAST_REPORT",
        "GET_WAREHOUSE_MOVEMENTS",
    ]


def test_the_registry_has_them_beside_the_table_and_sql(file: Path, tmp_path: Path) -> None:
    file.write_text(ONE)
    folder = tmp_path / "sql"
    folder.mkdir()
    sql = SqlSettings(folder, {}, Limits(), tmp_path / "work")
    (folder / "a.sql").write_text("-- report type: GET_SQL\n-- format: TSV\n\nSELECT 1 AS n")
    known = registry(sql, file)
    known.check()
    assert {"GET_ONE", "GET_SQL", LISTINGS} <= {each.name for each in known.types}
    assert (known.types.find("GET_ONE").file, "GET_ONE" in known.producers) == ("types.csv", False)
    (folder / "b.sql").write_text("-- report type: GET_ONE\n-- format: TSV\n\nSELECT 1 AS n")
    with pytest.raises(Misconfigured, match=r"b\.sql, line 1: GET_ONE is another report type's name already"):
        known.check()


def test_the_registry_has_them_without_sql_too(file: Path, tmp_path: Path) -> None:
    file.write_text(WRONG)
    known = registry(SqlSettings(None, {}, Limits(), tmp_path), file)
    with pytest.raises(Misconfigured, match=r"Line 3 of types\.csv"):
        known.check()
    file.write_text(ONE)
    assert known.types.find("GET_ONE").format == "CSV"
