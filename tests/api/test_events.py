"""The stream of a seller's ledger: as it happens, resumable, its own alone, and over when the token is."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from daybook.accounts.usage_plans import adjust
from daybook.activity import Event
from daybook.api.events import PAGE
from daybook.api.listeners import MOST_OF_ONE, Listeners
from daybook.api.server import create_api
from daybook.contract.events import RESOURCES
from daybook.kernel.errors import Unavailable
from daybook.notifications import destinations, subscriptions
from daybook.notifications.inbound import followed_reports, receivers, silence
from daybook.notifications.kinds import event_id
from daybook.operations import batches, guards
from daybook.reports import reports, schedules
from daybook.reports.scenarios import putting
from daybook.store.transaction import Transaction
from tests.api.notifying import end_report
from tests.api.production import begin, finish
from tests.api.serving import OFTEN, Client, Daybook
from tests.api.streaming import Stream
from tests.worker.watching import PROMPT

EVENTS = "/daybook/v1/events"
Listen = Callable[..., Stream]


@pytest.fixture
def listeners() -> Listeners:
    return Listeners()


@pytest.fixture
def listen(daybook: Daybook, runner: asyncio.Runner, listeners: Listeners) -> Iterator[Listen]:
    """Opens streams, for the first seller unless it is said; they are hung up on after the test."""
    app = create_api(daybook.door, listeners=listeners)
    agency = daybook.applications["agency"].client_id
    daybook.store.do(lambda tx: adjust(tx, agency, "listenEvents", OFTEN))
    opened: list[Stream] = []

    def open_one(query: str = "", token: str = "", **headers: str) -> Stream:
        sent = {"x-amz-access-token": token or daybook.access_token()}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        opened.append(Stream(app, runner, EVENTS + query, sent))
        return opened[-1]

    yield open_one
    for stream in opened:
        stream.leave()


def moves(stream: Stream, count: int) -> list[tuple[str, str, str]]:
    return [(one.event, one.data["resourceId"], one.data["toStatus"]) for one in stream.events(count)]


def test_a_reports_moves_are_told_as_they_happen(daybook: Daybook, first: Client, listen: Listen) -> None:
    first.ask()  # of before
    stream = listen()
    assert stream.status == 200
    assert stream.headers["content-type"] == "text/event-stream"
    assert stream.headers["cache-control"] == "no-store"
    assert stream.next().id  # the cursor, before there is any event
    report_id = first.ask(report_type="GET_MERCHANT_LISTINGS_DATA")
    assert moves(stream, 1) == [("report", report_id, "IN_QUEUE")]
    report = begin(daybook, "GET_MERCHANT_LISTINGS_DATA")
    [moved] = stream.events(1)
    assert (moved.data["fromStatus"], moved.data["toStatus"]) == ("IN_QUEUE", "IN_PROGRESS")
    assert moved.data["sellerId"] == daybook.first
    assert report.report_id == report_id
    finish(daybook, report)
    [ended] = stream.events(1)
    assert (ended.data["toStatus"], ended.data["evidence"]["reportType"]) == ("DONE", "GET_MERCHANT_LISTINGS_DATA")


def test_an_events_id_is_that_of_a_notification_about_it(daybook: Daybook, listen: Listen) -> None:
    stream = listen()
    stream.next()
    end_report(daybook, "R1")
    [told] = stream.events(1)
    with daybook.store.reading() as tx:
        [event] = tx.events_of(daybook.first, "report", "R1")
    assert told.data["eventId"] == event_id(event)
    assert told.id == str(event.sequence)


def test_a_stream_goes_on_where_another_was_broken_off(daybook: Daybook, listen: Listen) -> None:
    stream = listen()
    stream.next()
    for name in ("R1", "R2", "R3"):
        end_report(daybook, name)
    first, second, third = stream.events(3)
    stream.leave()
    end_report(daybook, "R4")
    assert moves(listen(last_event_id=first.id), 3) == [("report", name, "DONE") for name in ("R2", "R3", "R4")]
    assert moves(listen(f"?since={third.id}"), 1) == [("report", "R4", "DONE")]
    assert moves(listen("?since=0", last_event_id=second.id), 1) == [("report", "R3", "DONE")]
    assert moves(listen("?since=0"), 1) == [("report", "R1", "DONE")]


def test_a_cursor_of_after_the_ledgers_end_is_its_end(daybook: Daybook, listen: Listen) -> None:
    """A ledger that was put back from a backup ends earlier than its readers have seen."""
    stream = listen("?since=999999999999999999")
    stream.next()
    end_report(daybook, "R1")
    assert moves(stream, 1) == [("report", "R1", "DONE")]


def test_nothing_is_missed_and_nothing_told_twice_while_many_write(daybook: Daybook, listen: Listen) -> None:
    writers, lines = 4, PAGE // 2
    stream = listen()
    stream.next()

    def write(writer: int) -> None:
        for number in range(lines):
            end_report(daybook, f"{writer}/{number}")

    threads = [threading.Thread(target=write, args=[writer]) for writer in range(writers)]
    for thread in threads:
        thread.start()
    told = stream.events(writers * lines)
    for thread in threads:
        thread.join(PROMPT)
    assert sorted(one.data["resourceId"] for one in told) == sorted(
        f"{w}/{n}" for w in range(writers) for n in range(lines)
    )
    numbers = [int(one.id) for one in told]
    assert numbers == sorted(set(numbers))


def test_another_sellers_lines_are_not_told(daybook: Daybook, listen: Listen) -> None:
    stream = listen("?since=0")
    end_report(daybook, "theirs", daybook.second)
    end_report(daybook, "ours")
    assert moves(stream, 1) == [("report", "ours", "DONE")]


def test_an_operator_says_whose_lines_it_wants(daybook: Daybook, listen: Listen) -> None:
    token = daybook.operator().token
    end_report(daybook, "theirs", daybook.second)
    end_report(daybook, "ours")
    assert moves(listen(f"?since=0&sellerId={daybook.second}", token), 1) == [("report", "theirs", "DONE")]
    assert listen("?since=0", token).status == 400
    assert listen(f"?sellerId={daybook.second}").status == 403


def test_of_what_is_not_asked_for_the_cursor_alone_is_told(daybook: Daybook, first: Client, listen: Listen) -> None:
    stream = listen("?resources=schedule")
    begun = int(stream.next().id)
    end_report(daybook, "R1")
    passed = stream.next()
    assert (passed.event, int(passed.id) > begun) == ("", True)
    schedule_id = first.plan()
    assert moves(stream, 1)[0][:2] == ("schedule", schedule_id)


@pytest.mark.parametrize("asked", ["REPORTS", "Report", "reports,batch", "report status"])
def test_a_resource_that_there_is_not_is_refused(first: Client, asked: str) -> None:
    """Else whoever misspells one waits for ever."""
    assert first.get(EVENTS, resources=asked).refusal == (400, "InvalidInput")


def test_every_resource_of_the_ledger_can_be_asked_for() -> None:
    rooms = (reports, schedules, putting, batches, destinations, subscriptions, receivers, silence, followed_reports)
    assert set(RESOURCES) == {room.SUBJECT for room in rooms} | {batches.MOVED, guards.GUARD, guards.STOP}


@pytest.mark.parametrize("ending", ["expired", "revoked"])
def test_a_stream_ends_with_its_token(daybook: Daybook, listen: Listen, ending: str) -> None:
    stream = listen(token=daybook.access_token("newcomer"))
    stream.next()
    if ending == "expired":
        daybook.clock.advance(3600)
    else:
        client_id = daybook.applications["newcomer"].client_id
        daybook.store.do(lambda tx: tx.revoke_authorisation(client_id, daybook.first, tx.now))
    end_report(daybook, "secret")
    assert stream.comments() == ["the access token has ended; come again with a new one"]


def test_a_token_that_is_not_good_opens_no_stream(daybook: Daybook, listen: Listen) -> None:
    assert listen(token="Atza|forged").status == 403


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "", "9" * 19, "\u0661"])
def test_a_cursor_that_is_none_is_refused(daybook: Daybook, first: Client, cursor: str) -> None:
    assert first.get(EVENTS, since=cursor).refusal == (400, "InvalidInput")


def test_a_silent_stream_says_that_it_is_still_there(daybook: Daybook, runner: asyncio.Runner) -> None:
    app = create_api(daybook.door, listeners=Listeners(heartbeat=0.01))
    stream = Stream(app, runner, EVENTS, {"x-amz-access-token": daybook.access_token()})
    stream.next()
    assert [stream.next().comment for _ in range(2)] == ["nothing new"] * 2
    stream.leave()


def test_streams_end_when_the_server_does(listen: Listen, listeners: Listeners) -> None:
    streams = [listen() for _ in range(3)]
    for stream in streams:
        stream.next()
    threading.Thread(target=listeners.close).start()  # as a signal does, from another thread
    assert [stream.comments() for stream in streams] == [["the server is ending; come again"]] * 3


def test_many_listen_and_one_question_finds_news_for_all(daybook: Daybook, listen: Listen) -> None:
    tokens = [daybook.access_token(), daybook.access_token(seller_id=daybook.second)]
    streams = [listen(token=token) for token in tokens for _ in range(MOST_OF_ONE)]
    for stream in streams:
        stream.next()
    assert listen(token=tokens[0]).status == 429
    end_report(daybook, "R1", daybook.first)
    end_report(daybook, "R2", daybook.second)
    told = [moves(stream, 1)[0][1] for stream in streams]
    assert told == ["R1"] * MOST_OF_ONE + ["R2"] * MOST_OF_ONE
    streams[0].leave()
    assert listen(token=tokens[0]).status == 200


def test_a_listener_that_takes_nothing_is_read_no_more_than_a_page_for(
    daybook: Daybook, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[int] = []
    looked = Transaction.events_since

    def counted(self: Transaction, seller_id: str, sequence: int, limit: int) -> list[object]:
        found = looked(self, seller_id, sequence, limit)
        pages.append(len(found))
        return list(found)

    monkeypatch.setattr(Transaction, "events_since", counted)
    stream = listen("?since=0")
    stream.next()
    stream.takes.clear()
    for number in range(3):
        end_report(daybook, f"R{number}")
    other = listen("?since=0")
    other.events(3)  # by then the first has been woken as well
    assert len(pages) <= 8
    stream.takes.set()
    assert [name for _, name, _ in moves(stream, 3)] == ["R0", "R1", "R2"]


def test_a_long_backlog_is_read_beside_the_loop_that_serves_all_others(
    daybook: Daybook, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    looked = Transaction.events_since

    def noted(self: Transaction, *given: Any) -> list[Event]:
        threads.append(threading.current_thread())
        return looked(self, *given)

    def end_many(tx: Transaction) -> None:
        for number in range(2 * PAGE):
            tx.add_event(Event(daybook.first, "report", f"R{number}", None, "DONE", "a test", {}, tx.now))

    daybook.store.do(end_many)
    monkeypatch.setattr(Transaction, "events_since", noted)
    told = listen("?since=0").events(2 * PAGE)
    assert [one.data["resourceId"] for one in told] == [f"R{number}" for number in range(2 * PAGE)]
    assert threading.main_thread() not in threads[:3]


def test_a_database_that_is_away_ends_the_stream_and_a_new_one_goes_on(
    daybook: Daybook, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("away")

    stream = listen("?since=0")
    begun = stream.next().id
    monkeypatch.setattr(Transaction, "events_since", away)
    end_report(daybook, "R1")
    assert stream.comments() == ["the server is ending; come again"]
    monkeypatch.undo()
    assert moves(listen(last_event_id=begun), 1) == [("report", "R1", "DONE")]
