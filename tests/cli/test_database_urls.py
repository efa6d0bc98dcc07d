"""A database URL that is none is told in a plain sentence, as a fault of the settings."""

from pathlib import Path

import pytest

from tests.cli.typing_in import Terminal


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://[::1/db", "The database's URL cannot be read"),
        ("postgresql://localhost:port/db", "The database's URL cannot be read"),
        ("postgresql://localhost/db?nonsense=1", '"nonsense"'),
        ("sqlite:///{file}", "file is not a database"),
        ("mysql://localhost/db", "'mysql' is no kind of database"),
    ],
)
@pytest.mark.parametrize("command", [("migrate",), ("accounts", "list"), ("doctor",)])
def test_a_url_that_is_none_is_a_fault_of_the_settings(
    nowhere: Terminal, tmp_path: Path, url: str, said: str, command: tuple[str, ...]
) -> None:
    (tmp_path / "notes.txt").write_text("This is no database, and longer than the header of one would be. " * 20)
    told = Terminal(nowhere.data, {"DAYBOOK_DATABASE_URL": url.format(file=tmp_path / "notes.txt")})(*command)
    assert told.code == 1
    assert said in told.out + told.err
