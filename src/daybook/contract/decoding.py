"""Reads what a client sent, by the operation's own table.

Known parameters and members are checked to the letter. Unknown ones are ignored in Amazon's contract, and refused in
ours: there a word that is misspelt would do nothing, and say nothing.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any, TypeVar, get_args
from urllib.parse import parse_qsl

import msgspec

from daybook.contract import times
from daybook.contract.daybook import ROOT
from daybook.contract.operations import Operation, Parameter
from daybook.kernel.charsets import UNSTORABLE
from daybook.kernel.errors import InvalidInput
from daybook.shapes import convert, decode

S = TypeVar("S", bound=msgspec.Struct)
Values = dict[str, Any]

MISSING = "One or more required parameters missing"
CONSTRAINTS = "One or more parameters does not conform to the schema constraints."
BESIDE_A_TOKEN = frozenset({"sellerId"})
"""What may stand beside a nextToken: whose page it is, of which an operator's access token says nothing."""
ALONE = "NextToken cannot be specified with other input parameters"

_TOLD = 300  # characters of a decoder's words, which may repeat what was sent
_BOOLEANS = {"true": True, "false": False}
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")


def query_of(query: bytes, operation: Operation) -> Values:
    """The operation's query parameters, decoded: those that were sent, and defaults.

    Raises InvalidInput naming a wrong one.
    """
    sent = _sent(query)
    known = [parameter for parameter in operation.parameters if parameter.place == "query"]
    if "nextToken" in sent:
        _alone("nextToken", [one.name for one in known if one.name in sent and one.name not in BESIDE_A_TOKEN])
    missing = [parameter.name for parameter in known if parameter.required and parameter.name not in sent]
    if missing:
        raise InvalidInput(MISSING, _listed(missing))
    defaults = {parameter.name: parameter.default for parameter in known if parameter.default is not None}
    decoded = {
        parameter.name: _decoded(parameter, sent[parameter.name]) for parameter in known if parameter.name in sent
    }
    return defaults | decoded


def require_known(query: bytes, operation: Operation) -> None:
    """Raises InvalidInput naming a query parameter that an operation of our own API has not."""
    if query and operation.path.startswith(f"{ROOT}/"):
        known = [parameter.name for parameter in operation.parameters if parameter.place == "query"]
        _refuse_unknown("query parameter", _sent(query), known)


def require_no_members(body: bytes, operation: Operation) -> None:
    """Raises InvalidInput naming a member of a body for an operation that takes none: its parameters are elsewhere."""
    content = _object(body)
    known = ", ".join(parameter.name for parameter in operation.parameters if parameter.place == "query")
    for name in content:
        where = f"Its parameters stand in the query: {known}." if known else "It has no parameters."
        raise InvalidInput(f"There is no member {name[:50]!r} here.", f"The operation takes no body. {where}")


def _refuse_unknown(what: str, sent: Collection[str], known: Collection[str], at: str = "") -> None:
    unknown = next((name for name in sent if name not in known), None)
    if unknown is None:
        return
    spelled = {name.lower(): name for name in known}
    near = [spelled[name] for name in get_close_matches(unknown[:_TOLD].lower(), spelled, n=1)]
    hint = f"Did you mean {near[0]}? " if near else ""
    listed = f"Known: {', '.join(known)}." if known else "None is taken."
    raise InvalidInput(f"There is no {what} {f'{at}{unknown}'[:50]!r} here.", f"{hint}{listed}")


def _sent(query: bytes) -> Mapping[str, list[str]]:
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise InvalidInput("Invalid Input", "The query is not percent-encoded UTF-8.") from error
    sent: dict[str, list[str]] = {}
    for name, value in pairs:
        sent.setdefault(name, []).append(value)
    return sent


def _alone(name: str, sent: list[str]) -> None:
    others = [other for other in sent if other != name]
    if others:
        raise InvalidInput(ALONE, _listed(others))


def _decoded(parameter: Parameter, values: list[str]) -> object:
    if parameter.kind == "strings":
        return _strings(parameter, values)
    if len(values) > 1:
        raise _wrong(parameter, f"it is given {len(values)} times")
    value = values[0]
    if "\0" in value:
        raise _wrong(parameter, "it holds a NUL character")
    return _DECODERS[parameter.kind](parameter, value)


def _strings(parameter: Parameter, values: list[str]) -> tuple[str, ...]:
    """A list, comma-joined, repeated, or both."""
    members = tuple(member for value in values for member in value.split(",") if member)
    least, most = parameter.least or 0, parameter.most
    if len(members) < least or (most is not None and len(members) > most):
        allowed = f"at least {least}" if most is None else f"{least} to {most}"
        raise _wrong(parameter, f"it has {len(members)} members; {allowed} are allowed")
    strange = [member for member in members if parameter.allowed and member not in parameter.allowed]
    if strange:
        raise _wrong(parameter, f"{strange[0][:50]!r} is none of {', '.join(parameter.allowed)}")
    if any("\0" in member for member in members):
        raise _wrong(parameter, "it holds a NUL character")
    return members


def _string(parameter: Parameter, value: str) -> str:
    if parameter.allowed and value not in parameter.allowed:
        raise _wrong(parameter, f"{value[:50]!r} is none of {', '.join(parameter.allowed)}")
    return value


def _integer(parameter: Parameter, value: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(value):
        raise _wrong(parameter, f"{value[:50]!r} is not a whole number")
    number = int(value)
    if not (parameter.least or number) <= number <= (parameter.most or number):
        raise _wrong(parameter, f"it is {number}; {parameter.least} to {parameter.most} are allowed")
    return number


def _time(parameter: Parameter, value: str) -> datetime:
    # A raw + in a query means a space: a client that did not encode the offset meant the +.
    try:
        return times.parse(value.replace(" ", "+"))
    except ValueError as error:
        raise _wrong(parameter, f"{value[:50]!r} is not an ISO 8601 date-time") from error


def _boolean(parameter: Parameter, value: str) -> bool:
    if value.lower() not in _BOOLEANS:
        raise _wrong(parameter, f"{value[:50]!r} is neither true nor false")
    return _BOOLEANS[value.lower()]


_DECODERS = {
    "string": _string,
    "integer": _integer,
    "time": _time,
    "boolean": _boolean,
}


def _wrong(parameter: Parameter, reason: str) -> InvalidInput:
    return InvalidInput(CONSTRAINTS, f"{parameter.name}; ({reason})")


def _listed(names: list[str]) -> str:
    return "".join(f"{name};" for name in names)


def body_of(body: bytes, shape: type[S]) -> S:
    """The body, which is JSON, as the shape. Raises InvalidInput naming the member that is wrong.

    A member that the shape has not is wrong where the shape forbids it.
    """
    fields = msgspec.structs.fields(shape)
    content = _object(body)
    _refuse_unknown_members(content, shape)
    members = _members(content, {field.encode_name for field in fields})
    missing = [field.encode_name for field in fields if field.required and field.encode_name not in members]
    if missing:
        raise InvalidInput(MISSING, _listed(sorted(missing)))
    try:
        return convert(members, shape)
    except msgspec.ValidationError as error:
        raise InvalidInput("Invalid request body", f"{error}"[:_TOLD]) from error


def _refuse_unknown_members(content: Values, shape: type[msgspec.Struct], at: str = "") -> None:
    """Also of the objects within."""
    if not shape.__struct_config__.forbid_unknown_fields:
        return
    kinds = {field.encode_name: field.type for field in msgspec.structs.fields(shape)}
    _refuse_unknown("member", content, kinds, at)
    for name, value in content.items():
        for part in get_args(kinds[name]):
            if isinstance(value, dict) and isinstance(part, type) and issubclass(part, msgspec.Struct):
                _refuse_unknown_members(value, part, f"{at}{name}.")


def json_of(body: bytes) -> object:
    """The body as JSON, whatever it holds. Raises InvalidInput."""
    content = _json(body)
    _require_storable(content)
    return content


def _object(body: bytes) -> Values:
    content = _json(body)
    if not isinstance(content, dict):
        raise InvalidInput("Invalid Input", "The body is not a JSON object.")
    return content


def _members(content: Values, known: Collection[str]) -> Values:
    """The known members of a JSON object.

    Null means absent, and so does an empty text for the options, which real clients send.
    """
    members = {name: content[name] for name in known if content.get(name) is not None}
    if members.get("reportOptions") == "":
        del members["reportOptions"]
    _require_storable(members)
    return members


def _json(body: bytes) -> object:
    try:
        return decode(body, object)
    except msgspec.DecodeError as error:
        raise InvalidInput("Invalid Input", f"The body is not JSON: {error}") from error


def _require_storable(content: object) -> None:
    if any(UNSTORABLE.search(text) for text in _texts(content)):
        raise InvalidInput("Invalid Input", "The body holds a NUL character or half of a surrogate pair.")


def _texts(content: object) -> Iterator[str]:
    """Every text in a JSON value, the names of members included; without recursion, for a body may be deep."""
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
