"""What people see: on a terminal of eighty columns, and in a pipe."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console, RenderableType
from rich.text import Text

from daybook.cli.reports.following import _Bars, usually
from daybook.cli.reports.places import Sight
from daybook.cli.screen import Screen, facts, listing, when_here
from daybook.kernel.errors import InvalidInput

REPORT, TYPE = "1795313848173594099498", "GET_MERCHANT_LISTINGS_INACTIVE_DATA"
EVIL = "a\x1b[2Jb\x1b]0;title\x07c\x9b31md\x7f\x00"
TOLD = "a\\x1b[2Jb\\x1b]0;title\\x07c\\x9b31md\\x7f\\x00"


def terminal() -> Console:
    return Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None, legacy_windows=False)


def lines(*parts: RenderableType) -> list[str]:
    console = terminal()
    console.print(*parts)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_an_id_is_never_broken_however_much_stands_beside_it() -> None:
    table = listing(
        ("REPORT", "TYPE", "WHY"), [(REPORT, TYPE, "It could not be made, and the document says why. " * 3)]
    )
    assert any(line.startswith(f"{REPORT}  ") for line in lines(table))
    assert "".join(line[24:].split()[0] for line in lines(table)[1:3]).startswith("GET_MERCHANT")
    assert max(map(len, lines(table))) <= 80


def test_what_is_too_long_for_a_name_folds_and_is_not_cut() -> None:
    shown = lines(listing(("NAME", "ITEMS"), [("N" * 200, 1)]))
    assert sum(line.count("N") for line in shown[1:]) == 200


def test_a_wait_fits_the_terminal_and_says_below_what_is_usual() -> None:
    screen = Screen(json=False)
    screen.err = terminal()
    bars = _Bars(screen)
    bars.tell(Sight(REPORT, "IN_PROGRESS", 0.1, 0.2, 61.2, "It is being made."))
    bar, *below = lines(bars.get_renderable())
    assert REPORT in bar
    assert "IN_PROGRESS" in bar
    assert [line.strip() for line in below] == [
        "It is being made.",
        "It takes usually 0:00:01, 95 of 100 within 0:01:02.",
    ]


def test_nothing_is_usual_where_nothing_is_known() -> None:
    assert usually(Sight(REPORT, "IN_QUEUE", 1.0, None, None, "")) == ""


def test_text_from_elsewhere_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A server, a file or a seller may be named so that it would clear the screen, or worse."""
    screen = Screen(json=False)
    screen.answer(None, facts([("Name", EVIL)]), listing(("HEAD",), [(EVIL,)]), Text(EVIL))
    screen.remark(EVIL)
    screen.fault(InvalidInput(EVIL, EVIL))
    out, err = capsys.readouterr()
    assert out.count(TOLD) == 2
    assert out.count(TOLD.replace("\\x07", "")) == 1
    assert err.count(TOLD) == 3
    assert not any(ord(letter) < 32 and letter != "\n" for letter in out + err)


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
def test_the_first_and_the_last_day_have_a_time(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for zone in ("America/New_York", "Asia/Tokyo", "UTC"):
        monkeypatch.setenv("TZ", zone)
        assert when_here(at).endswith(("UTC", ")"))
