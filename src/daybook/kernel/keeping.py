"""How long what is done with is kept. None is for ever.

Amazon keeps report documents for 90 days, unless a type's page says otherwise, and serves reports for 90 days
(developer-docs.amazon.com/sp-api: "Report document retention policy" of 2024-05-30, and getReports). Here a report's
record outlives that, so that a seller's own history can be compared with last year's.
"""

from dataclasses import dataclass
from datetime import timedelta

SERVED = timedelta(days=90)
"""How long a report is served by the API; no record of one goes before."""
_THIRTEEN_MONTHS = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Keep:
    """By kind; batches are kept as `reports` are.

    `documents` counts from when one is made; `documents_bytes` is how much all of them may take, packed.
    """

    documents: timedelta = SERVED
    documents_bytes: int | None = None
    reports: timedelta | None = _THIRTEEN_MONTHS
    schedules: timedelta | None = _THIRTEEN_MONTHS
    ledger: timedelta | None = _THIRTEEN_MONTHS
    deliveries: timedelta = timedelta(days=30)
    inbound: timedelta = timedelta(days=30)


KEEP = Keep()
"""What is kept unless a setting says otherwise."""
