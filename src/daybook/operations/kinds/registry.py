"""Every kind of operation there is."""

import difflib
import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from daybook.kernel.errors import TOLD, InvalidInput
from daybook.operations import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daybook.operations.kinds.kind import Kind


@cache
def all_kinds() -> "Mapping[str, Kind]":
    """The kinds by their names, in the order of these."""
    folders = sorted(each.name for each in pkgutil.iter_modules(kinds.__path__) if each.ispkg)
    found: list[Kind] = [import_module(f"{kinds.__name__}.{name}").KIND for name in folders]
    return MappingProxyType({kind.name: kind for kind in found})


def find_kind(name: str) -> "Kind":
    """The kind of that name. Raises InvalidInput."""
    kind = all_kinds().get(name.strip().lower())
    if kind is None:
        near = difflib.get_close_matches(name.lower(), all_kinds(), n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise InvalidInput(f"There is no operation {name[:TOLD]!r}.", f"{hint}Operations: {', '.join(all_kinds())}.")
    return kind


@cache
def kinds_carried_by(operation: str) -> tuple[str, ...]:
    """The kinds that one operation of the marketplace carries: they share a lane."""
    return tuple(kind.name for kind in all_kinds().values() if kind.plan.operation == operation)
