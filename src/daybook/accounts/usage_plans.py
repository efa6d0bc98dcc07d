"""Usage plans: how often an operation may be called.

A bucket holds `burst` tokens, gains `rate` a second, and each call takes one; an empty bucket refuses the call. There
is a bucket for every operation, seller and application. The defaults stand with the operations; a plan of an
application, or of one seller of it, takes their place at once. Source: Amazon's page "Usage Plans and Rate Limits".
"""

from typing import NamedTuple

from daybook.accounts.applications import find_application
from daybook.accounts.ports import AccountsPort
from daybook.kernel.errors import InvalidInput

EVERY_SELLER = ""
LEAST_PER_SECOND = 1e-9
"""A call in thirty years."""
MOST_PER_SECOND = 1_000_000
MOST_AT_ONCE = 1_000_000


class UsagePlan(NamedTuple):
    """`rate` in calls a second, `burst` in calls."""

    rate: float
    burst: int


def adjust(tx: AccountsPort, client_id: str, operation: str, plan: UsagePlan, seller_id: str = EVERY_SELLER) -> None:
    """Another plan for an application's operation, for all its sellers or for one. Raises InvalidInput, NotFound."""
    if not (LEAST_PER_SECOND <= plan.rate <= MOST_PER_SECOND and 1 <= plan.burst <= MOST_AT_ONCE):
        raise InvalidInput(
            "A usage plan needs a rate above 0 and a burst of at least 1, and neither beyond a million.",
            f"Given: {plan}.",
        )
    application = find_application(tx, client_id)
    tx.put_usage_plan(application.client_id, seller_id, operation, plan)
