"""The requirement ledger: its list, its markers, its report."""

import json
from pathlib import Path

import pytest

from tools.requirements import Case, Requirement, WrongList, faults, read, report

PAGE = """\
- **console**: the pages for people.
- **client**: the Python client.

## R001 (2 lines): waiting

| id | what must hold | waits for |
|---|---|---|
| R001-001 | It waits. | |
| R001-002 | It shows the wait. | client, console |

## X (1 lines): several

| X-01 | They meet. | |
"""
LIST = {id: Requirement(id, f"About {id}.", ()) for id in [f"R004-{number:03}" for number in range(1, 15)]}


def page(folder: Path, text: str = PAGE) -> Path:
    """The text as a file."""
    (folder / "list.md").write_text(text)
    return folder / "list.md"


def test_the_projects_own_list_holds_every_line_of_the_five_documents_and_those_between_them() -> None:
    sources = [requirement.source for requirement in read().values()]
    counts = {source: sources.count(source) for source in dict.fromkeys(sources)}
    assert counts == {"R000": 40, "R001": 40, "R002": 34, "R003": 65, "R004": 284, "X": 8}


def test_a_row_is_an_id_a_statement_and_what_it_waits_for(tmp_path: Path) -> None:
    assert read(page(tmp_path)) == {
        "R001-001": Requirement("R001-001", "It waits.", ()),
        "R001-002": Requirement("R001-002", "It shows the wait.", ("client", "console")),
        "X-01": Requirement("X-01", "They meet.", ()),
    }


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param("| R001-001 | It waits. | |\n", "", "where 1 should stand is 2", id="gap"),
        pytest.param("R001-002", "R001-001", "where 2 should stand is 1", id="double"),
        pytest.param("(2 lines)", "(3 lines)", "where 3 should stand is None", id="missing at the end"),
        pytest.param("(2 lines)", "(1 lines)", "where None should stand is 2", id="one too many"),
        pytest.param("client, console", "weather", "R001-002 waits for weather", id="unexplained word"),
        pytest.param("| They meet. | |", "| They meet. |", "list.md:13: a row reads", id="no last column"),
    ],
)
def test_a_list_with_a_fault_is_refused_with_the_place(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(WrongList, match=complaint):
        read(page(tmp_path, PAGE.replace(old, new)))


def test_an_id_that_the_list_does_not_hold_is_a_fault() -> None:
    assert faults({"test_a": ["R004-001", "R004-999"]}, LIST) == [
        "test_a names R004-999, which docs/requirements.md does not hold"
    ]


def test_twelve_ids_are_as_many_as_a_test_may_name() -> None:
    ids = list(LIST)
    assert faults({"test_a": ids[:12]}, LIST) == []
    assert faults({"test_a": ids[:13]}, LIST) == ["test_a names 13 requirement lines; a test proves at most 12"]


def test_the_report_counts_what_is_proven_and_lists_what_is_not(tmp_path: Path) -> None:
    known = read(page(tmp_path))
    assert report(known, [Case(("R001-001",), "")]) == [
        "R001 1/2",
        "X 0/1",
        "",
        "R001-002  waits for client, console: It shows the wait.",
        "X-01  no test names it: They meet.",
    ]


def test_a_line_that_waits_is_not_proven_by_a_test_of_a_part_of_it(tmp_path: Path) -> None:
    lines = report(read(page(tmp_path)), [Case(("R001-002",), "passed")])
    assert "R001 0/2" in lines
    assert "R001-002  waits for client, console; proven in part: It shows the wait." in lines


@pytest.mark.parametrize("outcome", ["failed", "skipped"])
def test_a_line_is_not_proven_while_one_of_its_tests_failed_or_was_skipped(tmp_path: Path, outcome: str) -> None:
    lines = report(read(page(tmp_path)), [Case(("X-01",), "passed"), Case(("X-01",), outcome)])
    assert "X 0/1" in lines
    assert "X-01  its test failed or was skipped: They meet." in lines


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A suite of its own, with the marker plugin."""
    pytester.makeconftest('pytest_plugins = ["tests.requirements_plugin"]')
    return pytester


def named(suite: pytest.Pytester) -> dict[str, list[object]]:
    """Ids and outcome of each case that a collection finds, by the end of its name."""
    suite.runpytest_inprocess("--collect-only", "--requirements-json=cases.json")
    cases = json.loads((suite.path / "cases.json").read_text())
    return {test.partition("::")[2]: [case["ids"], case["outcome"]] for test, case in cases.items()}


def test_a_case_of_a_parametrised_test_names_lines_of_its_own(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import pytest
        row = lambda name, *ids: pytest.param(name, marks=pytest.mark.requirement(*ids), id=name)

        @pytest.mark.requirement("R004-012")
        @pytest.mark.parametrize("operation", [row("get", "R004-070"), row("create", "R004-057", "R004-058")])
        def test_rate(operation):
            assert operation == "get"

        def test_free(): ...
    """)
    assert named(suite) == {
        "test_rate[get]": [["R004-012", "R004-070"], ""],
        "test_rate[create]": [["R004-012", "R004-057", "R004-058"], ""],
    }


def test_the_last_run_of_each_case_is_remembered(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import pytest

        @pytest.mark.requirement("R004-001")
        @pytest.mark.parametrize("case", ["passed", "failed", "skipped", "broken"])
        def test_one(case, request):
            if case == "broken":
                request.addfinalizer(lambda: 1 / 0)
            if case == "skipped":
                pytest.skip("no data")
            assert case != "failed"
    """)
    suite.runpytest_inprocess()
    outcomes = {test: outcome for test, (_, outcome) in named(suite).items()}
    assert outcomes == {
        "test_one[passed]": "passed",
        "test_one[failed]": "failed",
        "test_one[skipped]": "skipped",
        "test_one[broken]": "failed",
    }


def test_without_a_cache_the_tests_run_and_nothing_is_remembered(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import pytest

        @pytest.mark.requirement("R004-001")
        def test_one(): ...
    """)
    run = suite.runpytest_inprocess("-p", "no:cacheprovider", "--requirements-json=cases.json")
    run.assert_outcomes(passed=1)
    assert run.ret == pytest.ExitCode.OK
    assert named(suite) == {"test_one": [["R004-001"], ""]}


@pytest.mark.parametrize(
    ("marker", "complaint"),
    [
        ('"R004-999"', "names R004-999"),
        (", ".join(f'"R004-{number:03}"' for number in range(1, 14)), "at most 12"),
        ("", "holds ids, and nothing else"),
        ('id="R004-001"', "holds ids, and nothing else"),
    ],
)
def test_a_wrong_marker_stops_the_collection(suite: pytest.Pytester, marker: str, complaint: str) -> None:
    suite.makepyfile(f"import pytest\n@pytest.mark.requirement({marker})\ndef test_one(): ...\n")
    run = suite.runpytest_inprocess()
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines([f"*{complaint}*"])
