"""What a patch does to an item's attributes. Pure functions.

An attribute is a list of instances, told apart by its selectors: an offer by marketplace, currency and audience. Add
and replace put an instance in the place of the one with the same selectors, or beside the others; delete removes those
that it selects; merge changes some members of one instance and leaves the others. Sources: Amazon's model of the API,
its pages "Partially update a listing" and "Merge a listing", selling-partner-api-models issues 4228 and 5235.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import UnsetType

from daybook.contract.listings import Attributes, PatchOperation

Instance = Mapping[str, Any]

_PATH = re.compile(r"/attributes/([A-Za-z0-9_]+)")
_SELECTORS: Mapping[str, Mapping[str, str]] = {
    "purchasable_offer": {"marketplace_id": "", "currency": "", "audience": "ALL"},
    "fulfillment_availability": {"fulfillment_channel_code": ""},
}
_USUAL_SELECTORS = {"marketplace_id": "", "language_tag": ""}
"""By attribute: what tells its instances apart, and what counts where a selector is left out."""
_MERGED = {"fulfillment_availability": "quantity", "purchasable_offer": "quantity_discount_plan"}
"""The two uses of merge that Amazon documents: which member of which attribute it changes."""


class BadPatch(Exception):
    """The patches cannot be read; the message is for the caller."""


def patched(attributes: Mapping[str, Any], patches: Sequence[PatchOperation], marketplace_id: str) -> Attributes:
    """The attributes after the patches, made in their order; what was given is left as it is.

    Instances that name no marketplace are of the call's. Raises BadPatch naming the first patch that cannot be.
    """
    after = dict(attributes)
    for index, patch in enumerate(patches):
        found = _PATH.fullmatch(patch.path)
        if found is None:
            raise BadPatch(f"Invalid path provided in patch at index of {index}.")
        name = found[1]
        given = None if isinstance(patch.value, UnsetType) else placed(name, patch.value, marketplace_id)
        if given is None and patch.op != "delete":
            raise BadPatch(f"Invalid value provided in patch at index of {index}.")
        if patch.op == "merge" and not _mergeable(name, given or ()):
            raise BadPatch(f"Invalid operation provided in patch at index of {index}.")
        left = _CHANGES[patch.op](name, after.get(name, []), given)
        after[name] = left
        if not left:
            del after[name]
    return after


def placed(name: str, instances: Sequence[Instance], marketplace_id: str) -> list[dict[str, Any]]:
    """The instances of an attribute, each with its marketplace: the call's where it names none."""
    by_marketplace = "marketplace_id" in _SELECTORS.get(name, _USUAL_SELECTORS)
    default = {"marketplace_id": marketplace_id} if by_marketplace else {}
    return [copy.deepcopy({**default, **instance}) for instance in instances]


def _selected(name: str, instance: Instance) -> tuple[str, ...]:
    selectors = _SELECTORS.get(name, _USUAL_SELECTORS).items()
    return tuple(repr(instance.get(one, default)) for one, default in selectors)  # what was sent may be no text


def _put(name: str, present: Sequence[Instance], given: Sequence[Instance] | None) -> list[Instance]:
    """The last of two given instances with the same selectors is the one that stays."""
    put = {_selected(name, instance): instance for instance in given or ()}
    kept = {_selected(name, instance): instance for instance in present}
    return list({**kept, **put}.values())


def _deleted(name: str, present: Sequence[Instance], given: Sequence[Instance] | None) -> list[Instance]:
    """Without a value all instances go; with one those whose selectors are the given ones, as far as they are given."""
    if given is None:
        return []
    selectors = _SELECTORS.get(name, _USUAL_SELECTORS)
    wanted = [{one: instance[one] for one in selectors if one in instance} for instance in given]
    return [one for one in present if not any(_matches(selectors, one, selection) for selection in wanted)]


def _matches(selectors: Mapping[str, str], instance: Instance, selection: Instance) -> bool:
    return all(instance.get(one, selectors[one]) == value for one, value in selection.items())


def _mergeable(name: str, given: Sequence[Instance]) -> bool:
    member = _MERGED.get(name)
    selectors = _SELECTORS.get(name, {})
    needed = [one for one, default in selectors.items() if not default and one != "currency"]
    return member is not None and all(
        set(instance) <= {member, *selectors} and all(instance.get(one) for one in needed) for instance in given
    )


def _merged(name: str, present: Sequence[Instance], given: Sequence[Instance] | None) -> list[Instance]:
    """A member that is given as null goes."""
    merged = {_selected(name, instance): dict(instance) for instance in present}
    for instance in given or ():
        now = {**merged.get(_selected(name, instance), {}), **instance}
        merged[_selected(name, instance)] = {one: value for one, value in now.items() if value is not None}
    return list(merged.values())


_Change = Callable[[str, Sequence[Instance], Sequence[Instance] | None], list[Instance]]
_CHANGES: Mapping[str, _Change] = {"add": _put, "replace": _put, "delete": _deleted, "merge": _merged}
