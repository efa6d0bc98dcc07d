"""The worker's threads, when the database is away and when they die."""

import subprocess
import sys
import threading

from daybook.kernel.errors import Unavailable
from daybook.worker.rounds import EXIT_CODE, Round
from tests.worker.conftest import Logs
from tests.worker.watching import PROMPT

AWAY = Unavailable("The service is temporarily unavailable.", "connection refused")


def test_an_absence_is_told_once_and_its_end_once(logs: Logs) -> None:
    answers = iter([AWAY, AWAY, AWAY, None, None])
    done = threading.Event()
    deaths: list[str] = []

    def turn() -> float:
        answer = next(answers, "done")
        if isinstance(answer, Unavailable):
            raise answer
        if answer == "done":
            done.set()
            thread.stop()
        return 0.0

    thread = Round("test", turn, lambda: deaths.append("died"))
    thread.start()
    assert done.wait(PROMPT)
    thread.join(PROMPT)

    assert deaths == []
    assert [(log["log_level"], log["event"]) for log in logs] == [
        ("warning", "the database is away; trying again until it is back"),
        ("info", "the database is back"),
    ]
    assert logs[0]["details"] == "connection refused"
    assert logs[1]["tries"] == 3


def test_an_absence_that_shows_in_the_wait_is_one_too(logs: Logs) -> None:
    done = threading.Event()

    def wait(seconds: float) -> None:
        if not done.is_set():
            done.set()
            raise AWAY
        thread.stop()

    thread = Round("test", lambda: 0.0, lambda: None, wait)
    thread.start()
    thread.join(PROMPT)

    assert [log["log_level"] for log in logs] == ["warning", "info"]


def test_a_round_waits_as_long_as_its_turn_says() -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        thread.stop()

    thread = Round("test", lambda: 7.5, lambda: None, wait)
    thread.start()
    thread.join(PROMPT)

    assert waited == [7.5]


def test_an_error_that_nobody_foresaw_ends_the_process_and_says_why(logs: Logs) -> None:
    died = threading.Event()
    thread = Round("heartbeat", lambda: 1 / 0, died.set)

    thread.start()

    assert died.wait(PROMPT)
    [told] = logs
    assert told["log_level"] == "critical"
    assert told["thread"] == "daybook-heartbeat"
    assert told["exc_info"]


def test_the_end_of_the_process_is_loud() -> None:
    program = (
        "import threading;"
        "from daybook.worker.rounds import Round, end_process;"
        "Round('heartbeat', lambda: 1 / 0, end_process).start();"
        "threading.Event().wait(60)"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert ended.returncode == EXIT_CODE
    assert "ZeroDivisionError" in ended.stdout
