"""`daybook schedules`: reports that are asked for again and again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import typer

from daybook.accounts.marketplaces import country
from daybook.accounts.sellers import find_seller
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.options import (
    Marketplaces,
    Options,
    ReportType,
    SellerId,
    first_of,
    instant,
    marketplace_ids,
    report_options,
)
from daybook.cli.screen import facts, iso, listing, when, when_here, when_short
from daybook.reports import schedules
from daybook.reports.admitting import warnings_in
from daybook.reports.periods import Period
from daybook.reports.schedules import Plan, Schedule

group = noun("Reports that are asked for again and again.")

ScheduleId = Annotated[str, typer.Argument(metavar="ID", help="The schedule's id.")]


@command(group)
def create(
    call: Call,
    report_type: ReportType,
    seller: SellerId,
    period: Annotated[Period, typer.Option(help="How often: an ISO 8601 duration.")],
    marketplace: Marketplaces = None,
    option: Options = None,
    first: Annotated[
        datetime | None,
        typer.Option(
            "--next", parser=instant, metavar="TIME", help="When the first report is due; else in one period."
        ),
    ] = None,
) -> None:
    """Create a schedule: of all the seller's marketplaces, unless some are named.

    It takes the place of the schedule of the same type and marketplaces.
    """
    options = report_options(option)
    with call.open() as app:
        with app.store.reading() as tx:
            sold_on = find_seller(tx, seller).marketplace_ids
        plan = Plan(seller, report_type, marketplace_ids(marketplace or ()) or sold_on, options, period, first)
        made = app.store.do(lambda tx: schedules.create(tx, tx.now, app.ids, app.types, plan))
        with app.store.reading() as tx:
            warnings = warnings_in(tx.events_of(seller, schedules.SUBJECT, made.schedule_id))
        warnings += [] if marketplace else first_of(app.types, made.report_type, made.marketplace_ids)
    for warning in warnings:
        call.screen.remark(f"Warning: {warning}", "yellow")
    sentence = f"Schedule {made.schedule_id} is created; its first report is due at {when_here(made.next_at)}."
    call.screen.answer(_schedule(made) | {"warnings": warnings}, sentence)


@command(group, "list")
def list_schedules(call: Call, seller: SellerId) -> None:
    """List a seller's schedules."""
    with call.open() as app, app.store.reading() as tx:
        find_seller(tx, seller)
        found = tx.schedules(seller, tuple(one.name for one in app.types))
    rows = [
        (one.schedule_id, when_short(one.next_at), one.period, f"{one.report_type} on {_countries(one)}")
        for one in found
    ]
    heads = ("SCHEDULE", "NEXT, UTC", "PERIOD", "TYPE")
    shown = listing(heads, rows) if rows else "There are no schedules."
    call.screen.answer([_schedule(one) for one in found], shown)


@command(group)
def show(call: Call, schedule: ScheduleId, seller: SellerId) -> None:
    """Show a schedule and what it did."""
    with call.open() as app, app.store.reading() as tx:
        find_seller(tx, seller)
        found = schedules.find(tx, seller, schedule)
        history = tx.events_of(seller, schedules.SUBJECT, schedule)
    told = _schedule(found) | {
        "history": [
            {"to": one.to_status, "actor": one.actor, "at": iso(one.at), "evidence": one.evidence} for one in history
        ]
    }
    rows = [(when(one.at), one.to_status, _remark(one.evidence), one.actor) for one in history]
    heads = ("WHEN, UTC", "STATUS", "WHAT", "BY")
    call.screen.answer(told, facts(_facts(found)), "", listing(heads, rows))


@command(group)
def cancel(call: Call, schedule: ScheduleId, seller: SellerId) -> None:
    """Cancel a schedule; the reports it made stay."""
    with call.open() as app:
        app.store.do(lambda tx: schedules.cancel(tx, tx.now, seller, schedule, "operator"))
    call.screen.answer(
        {"sellerId": seller, "reportScheduleId": schedule, "cancelled": True}, f"Schedule {schedule} is cancelled."
    )


def _remark(evidence: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in evidence.items())


def _countries(schedule: Schedule) -> str:
    return ", ".join(country(name) for name in schedule.marketplace_ids)


def _facts(schedule: Schedule) -> list[tuple[str, object]]:
    return [
        ("Schedule", schedule.schedule_id),
        ("Type", schedule.report_type),
        ("Seller", schedule.seller_id),
        ("Marketplaces", _countries(schedule)),
        ("Options", _remark(schedule.options)),
        ("Period", schedule.period.value),
        ("Next report", when_here(schedule.next_at)),
        ("Data from", when_here(schedule.covered_until)),
        ("Created", when_here(schedule.created_at)),
        ("Asked by", schedule.client_id),
    ]


def _schedule(schedule: Schedule) -> dict[str, object]:
    return {
        "sellerId": schedule.seller_id,
        "reportScheduleId": schedule.schedule_id,
        "reportType": schedule.report_type,
        "period": schedule.period.value,
        "marketplaceIds": schedule.marketplace_ids,
        "reportOptions": schedule.options,
        "nextReportCreationTime": iso(schedule.next_at),
        "coveredUntil": iso(schedule.covered_until),
        "createdAt": iso(schedule.created_at),
        "clientId": schedule.client_id,
    }
