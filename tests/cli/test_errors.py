"""`daybook errors`."""

from tests.cli.typing_in import Terminal


def test_a_code_is_told_in_full(terminal: Terminal) -> None:
    said = terminal.done("errors", "quotaexceeded").out
    assert "QuotaExceeded" in said
    assert "yes: the same record may succeed later" in said
    told = terminal.json("errors", "90220")
    assert {name: told[name] for name in ("code", "source", "fixer", "retry", "known")} == {
        "code": "90220",
        "source": "amazon",
        "fixer": "seller",
        "retry": "no",
        "known": "documented",
    }


def test_words_search_and_nothing_lists_all(terminal: Terminal) -> None:
    assert {"5461", "5665", "5995"} <= {entry["code"] for entry in terminal.json("errors", "brand")}
    assert len(terminal.json("errors")) > 90
    assert terminal.done("errors", "main", "image").out.startswith("CODE ")


def test_what_is_not_there_is_told_with_what_comes_near(terminal: Terminal) -> None:
    near, none = terminal("errors", "902200"), terminal("errors", "main", "nonsense")
    assert (near.code, none.code) == (1, 1)
    assert "90220" in near.err
    assert "No error code has 'main nonsense' in its entry." in none.err
