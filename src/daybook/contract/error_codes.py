"""The error-code catalogue on the wire: `/daybook/v1/error-codes`, where the codes of operations' last errors lead."""

from urllib.parse import quote

from msgspec import Struct

from daybook.contract.daybook import ROOT
from daybook.contract.operations import Operation, Parameter

ERROR_CODES = f"{ROOT}/error-codes"


class ErrorCode(Struct, frozen=True):
    """What a code means, whose error it is, who can mend it, and what to do.

    `retryHelps`: the same record, sent again as it is, may succeed. `known` is how the meaning is known.
    """

    code: str
    source: str
    saidBy: str
    told: str
    meaning: str
    whoCanFixIt: str
    retryHelps: bool
    whatToDo: str
    known: str


GET_ERROR_CODE = Operation(
    "getErrorCode", "GET", f"{ERROR_CODES}/{{code}}", 200, 5.0, 30,
    "Tells what an error code means, who can mend it, whether a retry helps, and what to do.", ErrorCode,
    (Parameter("code", "string", "The code, in any case.", required=True, place="path"),),
)  # fmt: skip

ERROR_CODE_OPERATIONS: tuple[Operation, ...] = (GET_ERROR_CODE,)


def link_of(code: str) -> str:
    """The path at which a code is told."""
    return f"{ERROR_CODES}/{quote(code, safe='')}"
