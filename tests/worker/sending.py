"""A worker in a process of its own, for tests to kill: it sends a seller's operations to a sandbox, over HTTP.

python -m tests.worker.sending DATABASE_URL ENDPOINT SELLER
"""

import os
import signal
import sys

from daybook.marketplaces.amazon.marketplace import AmazonMarketplace
from daybook.marketplaces.amazon.settings import AmazonSettings
from daybook.store.opening import open_store
from daybook.worker.pace import Pace
from daybook.worker.sending import Sender, operation_lanes
from daybook.worker.worker import Worker

WORKS_ON = 0.2
"""Short, so that lanes are given back between two blows: one whose holder dies five times in a row is parked."""
SEND_WITHIN, ANSWERED_WITHIN = 1.0, 1.5
TIMES = 40.0
"""So many times Amazon's usage plan: four hundred at once are what a dead worker may leave in doubt."""


def main(url: str, endpoint: str, seller_id: str, lease: str) -> None:
    store = open_store(url)
    settings = AmazonSettings(
        endpoint=endpoint,
        client_id="daybook",
        client_secret="s",
        refresh_tokens={seller_id: f"Atzr|{seller_id}"},
        usage_plan_times=TIMES,
    )
    marketplace = AmazonMarketplace(settings)
    sender = Sender(
        store,
        lambda _: marketplace,
        works_on=WORKS_ON,
        send_within=SEND_WITHIN,
        answered_within=ANSWERED_WITHIN,
    )
    pace = Pace(lease=float(lease), renew_every=0.4, reap_every=0.4, margin=0.2)
    worker = Worker(store, operation_lanes(sender), f"worker-{os.getpid()}", slots=4, reserved=1, pace=pace)
    signal.signal(signal.SIGTERM, lambda *_: worker.stop(0))
    worker.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
