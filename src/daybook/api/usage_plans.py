"""The usage plans that hold where none was set: the operations' documented defaults."""

from daybook.accounts.usage_plans import UsagePlan
from daybook.contract.batches import BATCH_OPERATIONS
from daybook.contract.daybook import OWN_OPERATIONS
from daybook.contract.error_codes import ERROR_CODE_OPERATIONS
from daybook.contract.guards import GUARD_OPERATIONS
from daybook.contract.operations import OPERATIONS


def default_plans() -> dict[str, UsagePlan]:
    """The plan of each operation that is served, by the operation's name."""
    served = (*OPERATIONS, *OWN_OPERATIONS, *BATCH_OPERATIONS, *GUARD_OPERATIONS, *ERROR_CODE_OPERATIONS)
    return {operation.name: UsagePlan(operation.rate, operation.burst) for operation in served}
