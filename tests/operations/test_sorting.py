"""Operations sorted by each time and by status, page by page: nothing is left out, and nothing comes twice."""

from itertools import pairwise

import pytest

from daybook.operations.calls import Issue, Outcome, Reply, ReplyStatus, Throttled
from daybook.operations.pages import Filters, Row, Sort, first_page, in_order, next_page
from daybook.operations.status import Status
from tests.operations.driving import SELLER, Book
from tests.operations.stub import LIVE, Stub

KEY = b"k" * 32
REFUSED = Reply(ReplyStatus.INVALID, issues=(Issue("90220", "No name."),))


def paged(book: Book, filters: Filters) -> list[Row]:
    """All rows that the pages hold, in their order."""
    with book.store.reading() as tx:
        rows, token = first_page(tx, KEY, SELLER, filters)
        while token:
            more, token = next_page(tx, KEY, SELLER, token)
            rows += more
    return rows


def time_of(row: Row, sort: Sort) -> object:
    one = row.operation
    return {Sort.QUEUED: row.queued_at, Sort.ATTEMPTED: one.attempted_at, Sort.COMPLETED: one.completed_at}[sort]


@pytest.fixture
def mixed(book: Book, stub: Stub) -> Book:
    """Batches in which some are done, some refused, some waiting, some never tried; two of them have the same times."""
    answers: dict[str, Outcome] = {"0": LIVE, "1": REFUSED, "2": Throttled(600.0)}
    stub.answers = lambda call: answers.get(call.sku[-1], LIVE)
    for first in (0, 100):
        book.prices(7, first=first)
    book.run(until=lambda: stub_is_silent(book))
    book.pass_time(90)
    book.prices(5, first=200)
    book.run(until=lambda: stub_is_silent(book))
    book.submit("sku,price\nSKU-900000,x\n", kind="set_price")
    book.prices(3, first=300)
    return book


def stub_is_silent(book: Book) -> bool:
    with book.store.reading() as tx:
        waiting = tx.depth_of(SELLER)
    return not waiting.get(Status.QUEUED) and not waiting.get(Status.SENDING)


@pytest.mark.requirement("R000-028")
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("sort", [Sort.QUEUED, Sort.ATTEMPTED, Sort.COMPLETED])
def test_pages_sorted_by_a_time_hold_every_operation_once_in_its_order(
    mixed: Book, sort: Sort, descending: bool
) -> None:
    everything = {(row.batch_id, row.operation.line) for row in paged(mixed, Filters())}

    rows = paged(mixed, Filters(page_size=4, sort=sort, descending=descending))

    assert [(row.batch_id, row.operation.line) for row in rows] != []
    assert len(rows) == len(everything) == len({(row.batch_id, row.operation.line) for row in rows})
    times = [at for row in rows if (at := time_of(row, sort)) is not None]
    assert times == sorted(times, reverse=descending)  # type: ignore[type-var]
    assert all(time_of(row, sort) is None for row in rows[len(times) :])
    assert sort is Sort.QUEUED or 0 < len(times) < len(rows)


@pytest.mark.requirement("R000-028")
@pytest.mark.parametrize("descending", [True, False])
def test_pages_sorted_by_status_have_all_of_one_before_the_next(mixed: Book, descending: bool) -> None:
    rows = paged(mixed, Filters(page_size=4, sort=Sort.STATUS, descending=descending))

    order = [in_order(descending).index(row.operation.status) for row in rows]
    assert order == sorted(order)
    assert len(set(order)) >= 4
    assert len({(row.batch_id, row.operation.line) for row in rows}) == len(rows) == len(paged(mixed, Filters()))


@pytest.mark.requirement("R000-028")
def test_filters_hold_for_what_is_sorted(mixed: Book) -> None:
    failed = paged(mixed, Filters(statuses=(Status.REJECTED,), sort=Sort.COMPLETED, page_size=1))
    assert {row.operation.status for row in failed} == {Status.REJECTED}
    assert all(one.operation.completed_at >= other.operation.completed_at for one, other in pairwise(failed))  # type: ignore[operator]
    begun = failed[0].operation.completed_at
    late = Filters(completed=(begun, None), sort=Sort.COMPLETED, descending=False, page_size=2)
    assert {row.operation.completed_at for row in paged(mixed, late)} == {begun}
    of_batch = Filters(batch_id=failed[-1].batch_id, sort=Sort.ATTEMPTED, reference="SKU-000", code="90220")
    assert {row.operation.reference[:7] for row in paged(mixed, of_batch)} == {"SKU-000"}


@pytest.mark.parametrize("sort", [Sort.ATTEMPTED, Sort.COMPLETED])
def test_what_lies_between_two_times_is_in_their_order_where_nobody_says_another(mixed: Book, sort: Sort) -> None:
    times = sorted({time for row in paged(mixed, Filters(sort=sort)) if (time := time_of(row, sort)) is not None})  # type: ignore[type-var]
    within = {"attempted" if sort is Sort.ATTEMPTED else "completed": (times[0], times[-1])}
    rows = paged(mixed, Filters(page_size=2, **within))  # type: ignore[arg-type]
    assert rows == paged(mixed, Filters(sort=sort, **within))  # type: ignore[arg-type]
    assert len(rows) >= 7
    of_skus = paged(mixed, Filters(reference="SKU-0001", **within))  # type: ignore[arg-type]
    assert [row.operation.reference for row in of_skus] == sorted(row.operation.reference for row in of_skus)


def test_a_page_of_kinds_holds_them_in_the_order_of_lines(book: Book) -> None:
    kinds = ["set_price", "set_quantity", "delete_listing"]
    lines = [f"{kinds[n % 3]},SKU-{n},{'1.50' if n % 3 == 0 else ''},{'7' if n % 3 == 1 else ''}\n" for n in range(12)]
    book.submit("operation,sku,price,quantity\n" + "".join(lines))
    for wanted in (kinds[:1], kinds[1:]):
        rows = paged(book, Filters(kinds=tuple(wanted), page_size=3))
        expected = [n for n in range(12) if kinds[n % 3] in wanted]
        assert [row.operation.reference for row in rows] == [f"SKU-{n}" for n in expected]
