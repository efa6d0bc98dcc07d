"""Being stuck is one notion: whatever may stand still is told of by the same words, from one place."""

from datetime import UTC, datetime, timedelta

import pytest

from daybook.stalled import STALLED, Silence
from tests.house.tree import SOURCE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.requirement("X-03")
def test_one_place_alone_says_that_something_is_stalled() -> None:
    texts = {path.relative_to(SOURCE).as_posix(): path.read_text("utf-8") for path in SOURCE.rglob("*.py")}
    assert [name for name, text in texts.items() if f'"{STALLED}"' in text] == ["stalled.py"]
    tellers = {name for name, text in texts.items() if "stalled.tell(" in text}
    assert tellers == {"operations/watching.py", "reports/watching.py"}


def test_a_silence_is_too_long_from_the_moment_to_which_it_may_last() -> None:
    silence = Silence(NOON, timedelta(minutes=5))
    almost = NOON + timedelta(minutes=5, microseconds=-1)

    assert (silence.left(NOON), silence.too_long(almost), silence.too_long(NOON + timedelta(minutes=5))) == (
        300.0, False, True,
    )  # fmt: skip
