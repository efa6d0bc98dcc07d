"""Twenty thousand real products are listed over HTTP, and every line is compared with the sandbox's own record."""

import sys
import time
from pathlib import Path

from daybook.operations.status import Status
from tests.journeys.selling import PRODUCTS, listings, real_products, selling
from tests.journeys.test_listings import REJECTED_AND_THROTTLED
from tests.soak.page import Result

NAME = "listing"
MOST = 20_000


def listed(database: str, url: str, folder: Path) -> Result | None:
    """The result on one database; None where the products are not there."""
    if not PRODUCTS.exists():
        print(f"{NAME}: the real products do not stand beside the checkout", file=sys.stderr)
        return None
    began = time.monotonic()
    with selling(folder, url, REJECTED_AND_THROTTLED, in_flight=16) as shop:
        batch = shop.sold(listings(real_products(MOST)))
        judgement = shop.judged(batch)
    seconds = time.monotonic() - began
    figures = {
        "listed": judgement.statuses[Status.SUCCESS],
        "rejected": judgement.statuses[Status.REJECTED],
        "throttled": judgement.outcomes["throttled"],
    }
    return Result(NAME, database, 0, 0, 1, seconds, figures, judgement.differences)
