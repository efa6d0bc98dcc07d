"""What people see on a terminal of eighty columns."""

import io

from rich.console import Console, RenderableType

from daybook.cli.reports.following import _Bars, usually
from daybook.cli.reports.places import Sight
from daybook.cli.screen import Screen, listing

REPORT, TYPE = "1795313848173594099498", "GET_MERCHANT_LISTINGS_INACTIVE_DATA"


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
