"""The items of the sandbox, and the changes to them that are taken but not yet made."""

import hashlib
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from daybook.contract.listings import Issue, ListingsItemPatchRequest, ListingsItemPutRequest
from daybook.sandbox.patches import patched, placed


class Key(NamedTuple):
    """Whose item, where, and its SKU."""

    seller_id: str
    marketplace_id: str
    sku: str

    @property
    def asin(self) -> str:
        """What the item is called in the catalog: the same for the same key, in each run."""
        return "B0" + b32encode(hashlib.sha256("\0".join(self).encode()).digest()).decode()[:8]


@dataclass(frozen=True, slots=True)
class Item:
    """An item as the marketplace has it."""

    product_type: str
    attributes: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    issues: tuple[Issue, ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether an issue keeps it from being sold."""
        return any(issue.severity == "ERROR" for issue in self.issues)


Submission = ListingsItemPutRequest | ListingsItemPatchRequest | None
"""What was submitted; None is a deletion."""


@dataclass(frozen=True, slots=True)
class Change:
    """A submission that was taken, when it is to be in effect, and the issue that it gets then."""

    submission: Submission
    due: datetime
    late: Issue | None = None


class Listings:
    """Every item, by its key."""

    def __init__(self) -> None:
        self._items: dict[Key, Item] = {}
        self._coming: dict[Key, list[Change]] = {}

    def take(self, key: Key, change: Change) -> None:
        """Changes are made in the order in which they were taken: none is in effect before an earlier one."""
        coming = self._coming.setdefault(key, [])
        coming.append(replace(change, due=max([change.due, *(one.due for one in coming)])))

    def find(self, key: Key, now: datetime) -> Item | None:
        """The item as it is now."""
        coming = self._coming.get(key, [])
        while coming and coming[0].due <= now:
            self._make(key, coming.pop(0))
        if not coming:
            self._coming.pop(key, None)
        return self._items.get(key)

    def expected(self, key: Key, now: datetime) -> bool:
        """Whether the item is there, once all that was taken is made."""
        item = self.find(key, now)
        coming = self._coming.get(key)
        return coming[-1].submission is not None if coming else item is not None

    def _make(self, key: Key, change: Change) -> None:
        before = self._items.get(key)
        if change.late is not None and change.late.severity == "ERROR":
            self._stop(key, before, change, change.late)
        elif change.submission is None:
            self._items.pop(key, None)
        else:
            issues = (change.late,) if change.late else ()
            self._items[key] = _made(key, before, change.submission, change.due, issues)

    def _stop(self, key: Key, before: Item | None, change: Change, late: Issue) -> None:
        """The item stays as it was, with the issue; one that was new is there without attributes."""
        if before is not None:
            self._items[key] = replace(before, updated_at=change.due, issues=(late,))
        elif change.submission is not None:
            self._items[key] = Item(change.submission.productType, {}, change.due, change.due, (late,))


def _made(
    key: Key,
    before: Item | None,
    submission: ListingsItemPutRequest | ListingsItemPatchRequest,
    now: datetime,
    issues: Sequence[Issue],
) -> Item:
    """The item after the submission; a patch leaves its product type, which it may name as PRODUCT, as it is."""
    product_type, created_at = submission.productType, before.created_at if before else now
    if isinstance(submission, ListingsItemPutRequest):
        given = submission.attributes.items()
        attributes = {name: placed(name, value, key.marketplace_id) for name, value in given}
    else:
        attributes = patched(before.attributes if before else {}, submission.patches, key.marketplace_id)
        product_type = before.product_type if before else product_type
    return Item(product_type, attributes, created_at, now, tuple(issues))
