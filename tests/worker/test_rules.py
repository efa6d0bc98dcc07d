"""A report that breaks a rule of its type ends as Amazon ends it; a scenario, or a lenient application, goes before."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from daybook.accounts.applications import create_application
from daybook.documents.objects import Objects
from daybook.reports.reports import Ask, Report, request
from daybook.reports.scenarios.putting import put
from daybook.reports.scenarios.reading import scenario_of
from daybook.reports.status import Outcome, Status
from daybook.store.store import Store
from daybook.worker.production import Production
from tests.report_types.catalogs import CA, SELLER, US, stock
from tests.worker.producing import IDS, TYPES, Pieces, content, document_of, found, production, run

SALES = "GET_SALES_AND_TRAFFIC_REPORT"
TERMS = "GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT"
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))


@pytest.fixture
def objects() -> Objects:
    return Objects.open("memory://")


def ask(
    store: Store,
    report_type: str,
    start: datetime = JANUARY,
    end: datetime = FEBRUARY,
    *,
    marketplace_ids: tuple[str, ...] = (US,),
    client_id: str | None = None,
    **options: str,
) -> Report:
    """A report in the queue."""
    stock(store)
    with store.transaction() as tx:
        asked = Ask(SELLER, report_type, marketplace_ids, options, start, end, client_id)
        return request(tx, tx.now, IDS, TYPES, asked)


def ended(parts: Production, report: Report) -> Report:
    run(parts)
    return found(parts.store, report)


def test_a_rule_that_ends_a_report_fatal_is_told_in_its_document(store: Store, objects: Objects) -> None:
    report = ask(store, TERMS, marketplace_ids=(US, CA), reportPeriod="FORTNIGHT", colour="red")

    after = ended(production(store, objects), report)

    assert (after.status, after.outcome) == (Status.FATAL, Outcome.FAILED)
    told = json.loads(content(objects, document_of(store, report)))["errorDetails"]
    assert told == after.evidence
    for rule in (
        "it takes exactly one marketplace",
        "the option reportPeriod is 'FORTNIGHT'",
        "there is no option 'colour'",
    ):
        assert f"{TERMS}: {rule}." in told


@pytest.mark.parametrize(
    ("start", "end", "fatal"), [(JANUARY, datetime(2026, 1, 31, 23, tzinfo=UTC), False), (JANUARY, FEBRUARY, True)]
)
def test_a_range_that_is_no_whole_period_is_fatal(
    store: Store, objects: Objects, start: datetime, end: datetime, *, fatal: bool
) -> None:
    report = ask(store, TERMS, start, end, reportPeriod="MONTH")

    after = ended(production(store, objects), report)

    assert after.status is (Status.FATAL if fatal else Status.CANCELLED)
    assert after.outcome is (Outcome.FAILED if fatal else Outcome.NO_DATA)


def test_a_rule_that_cancels_a_report_is_its_evidence(store: Store, objects: Objects) -> None:
    report = ask(store, SALES, datetime(2020, 1, 1, tzinfo=UTC))

    after = ended(production(store, objects), report)

    assert (after.status, after.outcome, after.document_id) == (Status.CANCELLED, Outcome.CANCELLED_UPSTREAM, None)
    assert after.evidence is not None
    assert after.evidence.startswith(
        f"{SALES}: the data begins 2 years ago at most. It is 2020-01-01T00:00:00+00:00 to"
    )


def test_the_gravest_answer_counts(store: Store, objects: Objects) -> None:
    report = ask(store, SALES, datetime(2020, 1, 1, tzinfo=UTC), marketplace_ids=(US, CA))
    assert ended(production(store, objects), report).status is Status.FATAL


def test_a_rule_may_leave_a_document_that_holds_the_error(store: Store, objects: Objects) -> None:
    report = ask(store, ORDERS, JANUARY, MARCH)

    after = ended(production(store, objects), report)

    assert (after.status, after.outcome) == (Status.DONE, Outcome.DATA)
    told = content(objects, document_of(store, report)).decode()
    assert told.startswith(f"{ORDERS}: the range of data is 30 days at most.")


def test_a_producer_is_not_asked_for_what_breaks_a_rule_and_is_for_what_does_not(
    store: Store, objects: Objects
) -> None:
    producer = Pieces(report_type=SALES)
    parts = production(store, objects, producer)
    assert ended(parts, ask(store, SALES, marketplace_ids=(US, CA))).status is Status.FATAL
    assert producer.asked == 0
    assert ended(parts, ask(store, SALES)).status is Status.DONE
    assert producer.asked == 1


def test_a_lenient_applications_report_is_made(store: Store, objects: Objects) -> None:
    with store.transaction() as tx:
        lenient, _ = create_application(tx, tx.now, IDS, "lenient", lenient=True)
        strict, _ = create_application(tx, tx.now, IDS, "strict")
    parts = production(store, objects, Pieces(report_type=SALES))
    asked: dict[str, Any] = {"marketplace_ids": (US, CA)}
    assert ended(parts, ask(store, SALES, **asked, client_id=lenient.client_id)).status is Status.DONE
    assert ended(parts, ask(store, SALES, **asked, client_id=strict.client_id)).status is Status.FATAL


def test_a_scenario_that_says_how_reports_end_goes_before_the_rules(store: Store, objects: Objects) -> None:
    report = ask(store, SALES, marketplace_ids=(US, CA))
    with store.transaction() as tx:
        chosen = {"reportType": SALES, "endings": [{"status": "DONE", "text": "as chosen"}]}
        put(tx, tx.now, scenario_of(chosen, TYPES), "a test")

    after = ended(production(store, objects), report)

    assert after.status is Status.DONE
    assert content(objects, document_of(store, report)) == b"as chosen"
