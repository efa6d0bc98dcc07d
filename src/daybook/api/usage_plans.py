"""The usage plans that hold where none was set: the operations' documented defaults."""

from daybook.accounts.usage_plans import UsagePlan
from daybook.contract.batches import BATCH_OPERATIONS
from daybook.contract.daybook import OWN_OPERATIONS
from daybook.contract.error_codes import ERROR_CODE_OPERATIONS
from daybook.contract.events import LISTEN_EVENTS
from daybook.contract.guards import GUARD_OPERATIONS
from daybook.contract.inbound import INBOUND_OPERATIONS
from daybook.contract.notifications import NOTIFICATION_OPERATIONS
from daybook.contract.operations import OPERATIONS

_SERVED = (
    *OPERATIONS,
    *OWN_OPERATIONS,
    *BATCH_OPERATIONS,
    *GUARD_OPERATIONS,
    *ERROR_CODE_OPERATIONS,
    *NOTIFICATION_OPERATIONS,
    *INBOUND_OPERATIONS,
    LISTEN_EVENTS,
)


def default_plans() -> dict[str, UsagePlan]:
    """The plan of each operation that a seller's application may call, by the operation's name."""
    return {operation.name: UsagePlan(operation.rate, operation.burst) for operation in _SERVED}
