"""The ledger: a seller's lines commit in the order of their numbers, so that no reader has to look back."""

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from daybook.activity import Event
from daybook.kernel.clock import EPOCH
from daybook.store.store import Store
from daybook.store.transaction import Transaction
from tests.databases import OpenAnother
from tests.worker.watching import PROMPT, eventually


def line(seller_id: str, subject_id: str) -> Event:
    return Event(seller_id, "thing", subject_id, None, "MOVED", "test", {}, EPOCH)


def write(seller_id: str, subject_id: str) -> Callable[[Transaction], None]:
    return lambda tx: tx.add_event(line(seller_id, subject_id))


def read_on(store: Store, seller_id: str, after: int) -> list[tuple[int, str]]:
    found = store.read(lambda tx: tx.events_since(seller_id, after, 100))
    return [(event.sequence, event.subject_id) for event in found]


def test_a_line_is_numbered_when_its_transaction_ends_and_not_when_it_is_written(postgres_store: Store) -> None:
    with postgres_store.transaction() as slow:
        slow.add_event(line("A", "slow"))
        postgres_store.do(write("A", "quick"))
        [(number, name)] = read_on(postgres_store, "A", 0)
        assert name == "quick"
    assert [name for _, name in read_on(postgres_store, "A", number)] == ["slow"]


def test_who_is_about_to_commit_a_line_keeps_all_others_of_the_seller_waiting(postgres_store: Store) -> None:
    """What is read after the later one is all that there is before it."""
    with postgres_store.transaction() as first:
        first.add_event(line("A", "first"))
        first.flush()  # numbered, and not yet committed
        later = threading.Thread(target=postgres_store.do, args=[write("A", "later")])
        later.start()
        eventually(lambda: _turns_waited_for(postgres_store) == 1)
        postgres_store.do(write("B", "another seller's"))
        assert read_on(postgres_store, "A", 0) == []
        assert len(read_on(postgres_store, "B", 0)) == 1
    later.join(PROMPT)
    assert [name for _, name in read_on(postgres_store, "A", 0)] == ["first", "later"]


def _turns_waited_for(store: Store) -> int:
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return store.read(lambda tx: int(tx.connection.execute(waiting).scalar_one()))


def test_a_reader_that_goes_on_from_what_it_saw_last_sees_every_line_of_many_writers(
    store: Store, open_another: OpenAnother
) -> None:
    writers, lines = 4, 25
    seen: list[tuple[int, str]] = []
    other = open_another()

    def writing(writer: int) -> None:
        chosen = store if writer % 2 else other
        for number in range(lines):
            chosen.do(write("A", f"{writer}/{number}"))

    threads = [threading.Thread(target=writing, args=[writer]) for writer in range(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen += read_on(store, "A", seen[-1][0] if seen else 0)
    while more := read_on(store, "A", seen[-1][0] if seen else 0):
        seen += more
    assert sorted(name for _, name in seen) == sorted(f"{w}/{n}" for w in range(writers) for n in range(lines))


def test_a_transaction_sees_the_lines_that_it_has_written(store: Store) -> None:
    with store.transaction() as tx:
        tx.add_event(line("A", "x"))
        assert [event.subject_id for event in tx.events_of("A", "thing", "x")] == ["x"]
        tx.add_event(line("A", "x"))
    assert [name for _, name in read_on(store, "A", 0)] == ["x", "x"]


def test_the_last_line_of_each_seller_is_known(store: Store) -> None:
    for seller_id in ("A", "B", "A"):
        store.do(write(seller_id, seller_id))
    last = store.read(lambda tx: tx.last_events(["A", "B", "nobody"]))
    assert last == {"A": read_on(store, "A", 0)[-1][0], "B": read_on(store, "B", 0)[-1][0]}


def test_a_commit_of_a_line_is_told_to_who_listens_here_and_elsewhere(store: Store, open_another: OpenAnother) -> None:
    here, elsewhere, told = threading.Event(), threading.Event(), threading.Event()
    other = open_another()
    store.on_ring(here.set)
    other.on_ring(elsewhere.set)

    def look() -> None:
        """As a worker does there: on SQLite somebody has to."""
        while not told.is_set():
            other.wait(0.1)

    def happens() -> bool:
        store.do(write("A", "x"))
        return elsewhere.is_set()

    looking = threading.Thread(target=look)
    looking.start()
    eventually(happens)
    told.set()
    looking.join(PROMPT)
    assert here.is_set()


@pytest.mark.parametrize("count", [1, 30])
def test_turns_are_taken_in_one_order(postgres_store: Store, count: int) -> None:
    """Two transactions with many sellers, named in opposite orders, both commit."""
    sellers = [f"S{number}" for number in range(count)]

    def writing(order: list[str]) -> None:
        with postgres_store.transaction() as tx:
            for seller_id in order:
                tx.add_event(line(seller_id, "x"))

    threads = [threading.Thread(target=writing, args=[order]) for order in (sellers, sellers[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PROMPT)
    assert all(len(read_on(postgres_store, seller_id, 0)) == 2 for seller_id in (sellers[0], sellers[-1]))
