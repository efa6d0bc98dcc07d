"""What the database can be asked."""

import fcntl
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from daybook.cli.doctor.findings import Finding, warning
from daybook.config import Settings
from daybook.lanes import PARK_AFTER
from daybook.store import doctor
from daybook.store.postgres import connections_of
from daybook.store.retention import Kind, count_gone, ends
from daybook.store.store import Store

CHECKED_UP_TO = 1024**3
"""Bytes of a SQLite file that is read whole, which takes some seconds."""
WAL_UP_TO = 1024**3
LATE = 120.0
"""Seconds after which a lane that nobody has taken, or freed, is worth a word."""
CLOCKS_APART = 30.0
_NAMED = 10
SWEPT_WITHIN = timedelta(days=2)
"""After which time what is past its keep should have gone."""
_SWEPT = (Kind.DOCUMENTS, Kind.REPORTS, Kind.BATCHES, Kind.SCHEDULES)


def file(settings: Settings, store: Store) -> Iterator[Finding]:
    """Whether SQLite's file is sound."""
    path = doctor.file_of(settings.database)
    if path is None:
        return
    if path.stat().st_size <= CHECKED_UP_TO:
        for sentence in doctor.broken_pages(store):
            yield Finding(
                f"{path} is damaged: {sentence}.",
                "What stands on its broken pages cannot be read any more.",
                "Stop Daybook, keep a copy of the file, and restore the newest backup into a new folder.",
            )
    wal = path.with_name(path.name + "-wal")
    if wal.exists() and wal.stat().st_size > WAL_UP_TO:
        yield warning(
            f"{wal} has grown to {wal.stat().st_size / 1024**2:,.0f} MiB.",
            "Something reads the database for very long, and keeps SQLite from tidying it.",
            "Look for a backup or another program that has the file open.",
        )


def clocks(settings: Settings, store: Store) -> Iterator[Finding]:
    """Whether the time is what it was, and the same for everybody."""
    del settings
    ahead = doctor.clock_ahead(store)
    if abs(ahead) > CLOCKS_APART:
        yield Finding(
            f"The database's clock is {abs(ahead):,.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine's.",
            "Tokens and links expire by this machine's clock, and lanes are due by the database's.",
            "Let both machines keep time, with NTP for instance.",
        )
    last = store.read(lambda tx: tx.last_event_at())
    if last is not None and last > store.clock() + timedelta(seconds=CLOCKS_APART):
        yield Finding(
            f"The ledger's last line is of {last:%Y-%m-%d %H:%M:%S} UTC, which is in the future.",
            "The clock was ahead then, or is behind now: reports seem to be made before they are asked for.",
            "Set this machine's clock right, with NTP for instance.",
        )


def connections(settings: Settings, store: Store) -> Iterator[Finding]:
    """Whether PostgreSQL lets in as many as one process may ask for."""
    left, needed = doctor.connections_left(store), connections_of(settings.slots)
    if left is not None and left < needed:
        yield warning(
            f"PostgreSQL has {left} connections for everybody, and one process with {settings.slots} slots takes up to "
            f"{needed}.",
            "When all are in use, calls are answered 503 and steps are put off.",
            "Raise max_connections, or lower DAYBOOK_SLOTS; each further process takes as many.",
        )


def sellers(settings: Settings, store: Store) -> Iterator[Finding]:
    """Sellers that no report can be asked of."""
    del settings
    for seller_id in store.read(doctor.sellers_without_marketplaces)[:_NAMED]:
        yield Finding(
            f"Seller {seller_id} has no marketplace.",
            "Every report for it is refused.",
            "It was not made by `daybook accounts add`, which asks for one. Add another in its place.",
        )


def applications(settings: Settings, store: Store) -> Iterator[Finding]:
    """Applications that can do nothing yet."""
    del settings
    for name in store.read(doctor.applications_without_authorisations)[:_NAMED]:
        yield warning(
            f"No seller has authorised application {name}.",
            "It has no refresh token, so it cannot call anything.",
            f"daybook apps authorize {name} --seller ID; or daybook apps revoke {name}, if nobody needs it.",
        )


def lanes(settings: Settings, store: Store) -> Iterator[Finding]:
    """Work that fails again and again, or that nobody does."""
    for lane, failures in store.read(lambda tx: doctor.troubled_lanes(tx, _NAMED)):
        parked = failures >= PARK_AFTER
        what = f"Lane {lane.kind} {lane.key} has failed {failures} times in a row."
        rests = "It rests for up to an hour between tries." if parked else "It is tried again, later each time."
        mend = "The worker's log says why: look for `a step failed` and the lane, or for workers that died."
        yield Finding(what, rests, mend) if parked else warning(what, rests, mend)
    late = store.read(lambda tx: doctor.late_lanes(tx, LATE))
    if late.lanes:
        yield _undone(settings, f"Work of {_counted(late)} waits, the first for {late.seconds:,.0f} s.")
    lapsed = store.read(lambda tx: doctor.lapsed_lanes(tx, LATE))
    if lapsed.lanes:
        held = "held by a worker that died or hangs"
        yield _undone(settings, f"{_counted(lapsed)} is {held}, since {lapsed.seconds:,.0f} s.")


def retention(settings: Settings, store: Store) -> Iterator[Finding]:
    """Whether what is past its keep has gone."""
    late = ends(settings.keep, store.clock() - SWEPT_WITHIN)
    counts = store.read(lambda tx: [count_gone(tx, kind, late[kind]) for kind in _SWEPT if kind in late])
    left = ", ".join(f"{gone.kind} ({gone.count:,})" for gone in counts if gone.count)
    if left:
        yield warning(
            f"Past their keep for {SWEPT_WITHIN.days} days and still there: {left}.",
            "They take space, and documents are kept for longer than was said.",
            "A worker's sweep removes them every hour: see whether one runs, and what its log says. "
            "`daybook retention --dry-run` tells what would go.",
        )


def _counted(late: doctor.Late) -> str:
    return "1 lane" if late.lanes == 1 else f"each of {late.lanes:,} lanes"


def _undone(settings: Settings, what: str) -> Finding:
    """Work that nobody does. Where nothing runs on this machine, that may be as it should be."""
    elsewhere = "" if settings.embedded else ", or `daybook worker` on any machine"
    mend = f"Start one: `daybook serve`{elsewhere}."
    if settings.embedded and not _is_worked(settings):
        return warning(what, "No worker runs.", mend)
    return Finding(what, "No worker runs, or all of them are busy.", mend)


def _is_worked(settings: Settings) -> bool:
    """Whether a worker may be running: on SQLite the one holds a lock."""
    lock = settings.data / "worker.lock"
    if not settings.embedded:
        return True
    if not lock.exists():
        return False
    with lock.open() as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


LOOKS: Mapping[str, Callable[[Settings, Store], Iterator[Finding]]] = {
    "database file": file,
    "clocks": clocks,
    "connections": connections,
    "sellers": sellers,
    "applications": applications,
    "lanes": lanes,
    "retention": retention,
}
