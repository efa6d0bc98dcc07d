"""The usage plans that hold where none was set: the operations' documented defaults."""

from daybook.accounts.usage_plans import UsagePlan
from daybook.contract.daybook import OWN_OPERATIONS
from daybook.contract.operations import OPERATIONS


def default_plans() -> dict[str, UsagePlan]:
    """The plan of each operation that is served, by the operation's name."""
    return {operation.name: UsagePlan(operation.rate, operation.burst) for operation in (*OPERATIONS, *OWN_OPERATIONS)}
