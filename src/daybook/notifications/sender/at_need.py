"""A sender that is made when something is first sent: most commands send nothing, and it has a thread."""

from concurrent.futures import Future
from threading import Lock

from daybook.kernel.clock import Clock
from daybook.notifications.answers import Answer
from daybook.notifications.authorizations import Authorization
from daybook.notifications.guard import Guard
from daybook.notifications.outgoing import Outgoing
from daybook.notifications.sender.sender import Sender


class SenderAtNeed:
    """As `Sender.submit`; close it at the end."""

    def __init__(self, guard: Guard, clock: Clock) -> None:
        self._guard = guard
        self._clock = clock
        self._making = Lock()
        self._sender: Sender | None = None

    def __call__(self, outgoing: Outgoing, authorization: Authorization | None) -> Future[Answer]:
        """The receiver's answer, later."""
        with self._making:
            self._sender = self._sender or Sender(self._guard, self._clock)
        return self._sender.submit(outgoing, authorization)

    def close(self) -> None:
        """Ends what is under way."""
        if self._sender is not None:
            self._sender.close()
