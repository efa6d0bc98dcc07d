"""/daybook/v1/error-codes: what a code in Last Error means, and what to do about it."""

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp

from daybook.api.door import AnyRequest, door_of
from daybook.api.paths import litestar_path
from daybook.contract import error_codes as wire
from daybook.operations.codes import source_of
from daybook.operations.error_codes import find_code


@get(litestar_path(wire.GET_ERROR_CODE))
async def get_error_code(request: AnyRequest, code: FromPath[str]) -> ASGIApp:
    """One, as the catalogue has it."""
    call = await door_of(request).admit(request, wire.GET_ERROR_CODE)
    found = find_code(code)
    return call.answer(
        wire.ErrorCode(
            code=found.code,
            source=source_of(found.code).value,
            saidBy=found.source,
            told=found.told,
            meaning=found.meaning,
            whoCanFixIt=found.fixer,
            retryHelps=found.retry == "yes",
            whatToDo=found.advice,
            known=found.known,
        )
    )


HANDLERS = [get_error_code]
