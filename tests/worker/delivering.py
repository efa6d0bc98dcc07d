"""A worker that fans out and delivers, in a process of its own, for tests and a soak to kill.

    python -m tests.worker.delivering DATABASE_URL

It sends, over the network, to receivers on this machine alone.
"""

import signal
import sys
from ipaddress import ip_network

from daybook.accounts.sealing import Seals
from daybook.kernel.ids import Ids
from daybook.kernel.keys import Keys
from daybook.lanes import LaneKind
from daybook.notifications.courier import Courier
from daybook.notifications.fan_out import FAN_OUT
from daybook.notifications.guard import Guard, Policy
from daybook.notifications.sender.sender import Sender
from daybook.store.opening import open_store
from daybook.worker.deliveries import Post
from daybook.worker.fan_out import fan_out_step
from daybook.worker.kinds import sending_kind
from daybook.worker.pace import Pace
from daybook.worker.worker import Worker

SEALS = Seals(Keys(bytes(range(32))))
GUARD = Guard(Policy((ip_network("127.0.0.0/8"),)))
WORKS_ON = 0.2
"""Short, so that lanes are given back between two blows: one whose holders die in a row waits, longer each time."""
PACE = Pace(lease=2.0, renew_every=0.4, reap_every=0.4, margin=0.2)
"""A lease that leaves time to write an intent and to send, on a machine that has other work."""
SEND_WITHIN = PACE.lease - PACE.renew_every - 2 * PACE.margin


def main(url: str) -> None:
    store, name = open_store(url), "deliverer"
    sender = Sender(GUARD)
    post = Post(store, Courier(GUARD, SEALS, sender.submit), send_within=SEND_WITHIN, works_on=WORKS_ON)
    kinds = [LaneKind(FAN_OUT, fan_out_step(store, Ids()), 60.0), sending_kind(post)]
    worker = Worker(store, kinds, name, slots=4, reserved=1, pace=PACE)

    def stop(*_: object) -> None:
        post.closing.set()
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    worker.run()
    sender.close()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
