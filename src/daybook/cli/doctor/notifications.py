"""Whether news goes out to its receivers, and whether what is followed at marketplaces can be asked about there."""

from collections.abc import Callable, Iterator, Mapping

from daybook.cli.doctor.findings import Finding, warning
from daybook.cli.followed import without_credentials
from daybook.cli.screen import when
from daybook.config import Settings
from daybook.connections import Connections
from daybook.notifications.destinations import Destination
from daybook.notifications.status import SENTENCES, Reason, Status
from daybook.store import doctor
from daybook.store.store import Store


def destinations(settings: Settings, store: Store) -> Iterator[Finding]:
    """Destinations that get nothing, or refuse what they get."""
    del settings
    with store.reading() as tx:
        for one in tx.destinations(None):
            if one.status is Status.INACTIVE or one.failing_since is not None:
                yield _finding(one, tx.deliveries_waiting(one.seller_id, one.destination_id))


def _finding(one: Destination, waiting: int) -> Finding:
    named = f"Destination {one.destination_id} of {one.seller_id} ({one.name or one.url})"
    left = f"{waiting:,} {'delivery waits' if waiting == 1 else 'deliveries wait'} for it, each for up to 30 days."
    enable = f"daybook destinations enable {one.destination_id} --seller {one.seller_id}"
    if one.reason is None:
        attempts = f"daybook deliveries list --destination {one.destination_id} --seller {one.seller_id}"
        since = f", since {when(one.failing_since)} UTC" if one.failing_since else ""
        what = f"{named} refuses what it is sent{since}."
        why = f"{left} After five days of failures only it is sent nothing more."
        return warning(what, why, f"See what it answers: {attempts}")
    what = f"{named} is INACTIVE: {SENTENCES[one.reason][0].lower()}{SENTENCES[one.reason][1:]}"
    why = f"It is sent nothing. {left}"
    if one.reason is Reason.BY_REQUEST:
        return warning(what, why, f"Where that is over: {enable}")
    return Finding(what, why, f"Mend its receiver, then: {enable}; or remove it.")


def followed(settings: Settings, store: Store) -> Iterator[Finding]:
    """Reports at marketplaces that nobody can ask about."""
    waiting = store.read(doctor.unended_reports)
    with Connections(settings.amazon, settings.walmart) as connect:
        for one in waiting:
            if connect.reports(one.seller_id, one.source) is None:
                what, mend = without_credentials(one.seller_id, one.source)
                counted = "1 report" if one.reports == 1 else f"{one.reports:,} reports"
                yield warning(what, f"{counted} followed there since {when(one.since)} UTC cannot end here.", mend)


LOOKS: Mapping[str, Callable[[Settings, Store], Iterator[Finding]]] = {
    "destinations": destinations,
    "followed reports": followed,
}
