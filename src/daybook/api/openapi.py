"""The OpenAPI document, made from the operations' table and the wire shapes, so that it cannot lag behind them."""

from typing import Any

import msgspec
from litestar import get
from litestar.types import ASGIApp

from daybook.api import scenarios
from daybook.api.answers import Answer, encoded
from daybook.api.tokens import PATH as TOKEN_PATH
from daybook.contract.batches import BATCH_OPERATIONS
from daybook.contract.daybook import OWN_OPERATIONS
from daybook.contract.error_codes import ERROR_CODE_OPERATIONS
from daybook.contract.errors import ErrorList
from daybook.contract.events import LISTEN_EVENTS
from daybook.contract.guards import GUARD_OPERATIONS
from daybook.contract.inbound import INBOUND_OPERATIONS
from daybook.contract.notifications import NOTIFICATION_OPERATIONS
from daybook.contract.operations import OPERATIONS, Operation, Parameter

Json = dict[str, Any]
DESCRIBED = (
    *OPERATIONS,
    *OWN_OPERATIONS,
    *scenarios.OPERATIONS,
    *NOTIFICATION_OPERATIONS,
    *INBOUND_OPERATIONS,
    *BATCH_OPERATIONS,
    *GUARD_OPERATIONS,
    *ERROR_CODE_OPERATIONS,
    LISTEN_EVENTS,
)

_REFERENCE = "#/components/schemas/{name}"
_ERRORS = {
    "400": "A parameter or the body is missing something, or cannot be read.",
    "401": "The Authorization header cannot be parsed.",
    "403": "No access token, or one that is unknown, expired or revoked.",
    "404": "The seller has no such thing.",
    "409": "The thing is not in a state that allows this.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "429": "The usage plan has no token left.",
    "500": "An internal error.",
    "503": "The database or the document store is away.",
}
_BINARY: Json = {"schema": {"type": "string", "format": "binary"}}
_SCHEMAS: dict[str, Json] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "time": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
}


def document() -> Json:
    """The whole document, as JSON objects."""
    shapes = [shape for operation in DESCRIBED for shape in (operation.body, operation.answer) if shape is not None]
    _, components = msgspec.json.schema_components([*shapes, ErrorList], ref_template=_REFERENCE)
    paths: dict[str, Json] = {}
    for operation in DESCRIBED:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    paths[TOKEN_PATH] = {"post": _token()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Daybook: Reports API",
            "version": "2021-06-30",
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "x-amz-access-token"}},
        },
        "security": [{"token": []}],
    }


def _operation(operation: Operation) -> Json:
    described: Json = {
        "operationId": operation.name,
        "summary": operation.about,
        "description": f"Usage plan: {operation.rate} requests a second, burst {operation.burst}.",
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": _answers(operation),
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _json(operation.body)}
    if operation.takes_file:
        described["requestBody"] = {"required": True, "content": {"application/octet-stream": _BINARY}}
    return described


def _parameter(parameter: Parameter) -> Json:
    described: Json = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.about,
        "schema": _schema(parameter),
    }
    if parameter.kind == "strings":
        described |= {"style": "form", "explode": False}
    return described


def _schema(parameter: Parameter) -> Json:
    if parameter.kind == "strings":
        member: Json = {"type": "string", "minLength": 1, "pattern": "^[^,\\x00]+$"}
        members = {"type": "array", "items": {"enum": list(parameter.allowed)} if parameter.allowed else member}
        bounds = {"minItems": parameter.least, "maxItems": parameter.most}
        return members | {name: bound for name, bound in bounds.items() if bound is not None}
    bounds = {"minimum": parameter.least, "maximum": parameter.most, "default": parameter.default}
    return _SCHEMAS[parameter.kind] | {name: bound for name, bound in bounds.items() if bound is not None}


def _answers(operation: Operation) -> Json:
    request_id = {"x-amzn-RequestId": {"schema": {"type": "string"}}}
    rate = {"x-amzn-RateLimit-Limit": {"schema": {"type": "string"}}}
    success = {"description": "Success.", "headers": request_id | rate, "content": _content(operation)}
    errors = {
        status: {
            "description": about,
            "headers": request_id | (rate if status in ("400", "404") else {}),
            "content": _json(ErrorList),
        }
        for status, about in _ERRORS.items()
    }
    return {str(operation.success): success} | errors


def _content(operation: Operation) -> Json:
    if operation.media_type == "application/json":
        return _json(operation.answer)
    return {operation.media_type: _BINARY}


def _json(shape: type | None) -> Json:
    schema: Json = {"type": "object"} if shape is None else {"$ref": _REFERENCE.format(name=shape.__name__)}
    return {"application/json": {"schema": schema}}


def _token() -> Json:
    fields = ("grant_type", "client_id", "client_secret", "refresh_token", "scope")
    form = {"type": "object", "properties": {name: {"type": "string"} for name in fields}, "required": list(fields[:3])}
    grants: Json = {"schema": {"type": "object", "required": ["access_token", "token_type", "expires_in"]}}
    refusal: Json = {"schema": {"type": "object", "required": ["error"]}}
    kinds = ("application/x-www-form-urlencoded", "application/json")
    return {
        "operationId": "createToken",
        "summary": "Gives an access token for an hour, for a refresh token or an operator's credentials.",
        "security": [],
        "requestBody": {"required": True, "content": {kind: {"schema": form} for kind in kinds}},
        "responses": {
            "200": {"description": "Success.", "content": {"application/json": grants}},
            "400": {"description": "The request or the grant is invalid.", "content": {"application/json": refusal}},
            "401": {"description": "The client is unknown.", "content": {"application/json": refusal}},
        },
    }


@get("/openapi.json")
async def openapi() -> ASGIApp:
    """The document."""
    return Answer(encoded(document()))


HANDLERS = [openapi]
