"""Whether a change is in effect, as far as getListingsItem shows it.

What was sent is in effect where each instance of it stands in the item, which may have more members. An ERROR of the
item concerns a change that names one of the attributes it touches, or any change where the issue names none.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UnsetType

from daybook.client.calls.sending import REQUEST_ID
from daybook.client.wire.messages import SUCCESS, Incoming
from daybook.contract.listings import DELETE_LISTINGS_ITEM, PUT_LISTINGS_ITEM, Item
from daybook.marketplaces.amazon.answers import issues_of, refused
from daybook.marketplaces.amazon.attributes import patch_of, put_of
from daybook.marketplaces.amazon.requests import OPERATIONS
from daybook.operations.calls import Absent, Call, Fault, Issue, Reply, ReplyStatus, Standing
from daybook.operations.codes import Code
from daybook.shapes import decode

_NOT_THERE = 404
_ASSUMED = {"marketplace_id", "language_tag", "audience"}
"""Members that Amazon fills in where they are left out."""


def standing(call: Call, got: Incoming) -> Standing:
    """What the answer to a look says of the call."""
    request_id = got.headers.get(REQUEST_ID, "")
    deletes = OPERATIONS[call.kind] is DELETE_LISTINGS_ITEM
    if got.status == _NOT_THERE:
        told = refused(got)
        if isinstance(told, Fault):
            return told
        return Reply(ReplyStatus.LIVE, request_id=request_id) if deletes else Absent(request_id)
    if got.status not in SUCCESS:
        return refused(got)
    try:
        item = decode(got.body, Item)
    except msgspec.DecodeError as error:
        return Fault(Code.MARKETPLACE_FAULT, f"The answer cannot be read: {error}.", got.status, request_id)
    return Absent(request_id) if deletes else _standing(call, item, request_id, got.status)


def _standing(call: Call, item: Item, request_id: str, http_status: int) -> Standing:
    attributes = {} if isinstance(item.attributes, UnsetType) else item.attributes
    errors = tuple(one for one in issues_of(item.issues) if one.severity == "ERROR" and _concerns(one, call))
    if errors:
        return Reply(ReplyStatus.INVALID, "", errors, request_id, http_status)
    if in_effect(call, attributes):
        return Reply(ReplyStatus.LIVE, "", (), request_id, http_status)
    return Absent(request_id)


def _concerns(issue: Issue, call: Call) -> bool:
    if OPERATIONS[call.kind] is PUT_LISTINGS_ITEM or not issue.attribute_names:
        return True
    touched = {patch.path.rpartition("/")[2] for patch in patch_of(call).patches}
    return bool(touched & set(issue.attribute_names))


def in_effect(call: Call, attributes: Mapping[str, Any]) -> bool:
    """Whether the item's attributes are as the call wants them."""
    if OPERATIONS[call.kind] is PUT_LISTINGS_ITEM:
        wanted = _plain(put_of(call)).get("attributes", {})
        return all(_holds(attributes.get(name, ()), value) for name, value in wanted.items())
    for patch in _plain(patch_of(call))["patches"]:
        there = attributes.get(patch["path"].rpartition("/")[2], ())
        if patch["op"] == "delete":
            if any(_contains(one, gone) for one in there for gone in patch.get("value", [{}])):
                return False
        elif not _holds(there, patch["value"]):
            return False
    return True


def _plain(content: msgspec.Struct) -> dict[str, Any]:
    """As it is on the wire."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(content))
    return plain


def _holds(there: Sequence[Any], wanted: Sequence[Any]) -> bool:
    return all(any(_contains(one, instance) for one in there) for instance in wanted)


def _contains(there: object, wanted: object) -> bool:
    """Whether all that is wanted is there; a null is wanted where nothing is."""
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(
            _contains(there.get(name), value) or (name in _ASSUMED and name not in there)
            for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(there, list) and _holds(there, wanted)
    if isinstance(wanted, int | float) and isinstance(there, int | float | str) and not isinstance(wanted, bool):
        return _number(there) == _number(wanted)
    return there == wanted


def _number(value: int | float | str) -> Decimal | str:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return str(value)
