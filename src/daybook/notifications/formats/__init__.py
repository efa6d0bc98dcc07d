"""The formats that a notification can have: each a file here, found by its being here.

A file's name is the format's. It has a docstring whose first line tells a person what the format is; `EVENTS`, the
types of event that it can tell; and `encode`, which makes the body, or None where nothing is to be sent.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from daybook.kernel.errors import InvalidInput
from daybook.notifications.news import EventType, News

Encode = Callable[[News, str], bytes | None]
"""The body for a subscription, whose id is the second argument; None where the format says nothing of such news."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name, with a sentence for a person and what it can tell."""

    name: str
    sentence: str
    events: frozenset[EventType]
    encode: Encode


@cache
def formats() -> Mapping[str, Format]:
    """Every format, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
    return {name: _format(name) for name in names}


def find_format(name: str) -> Format:
    """The format of that name. Raises InvalidInput, which lists those there are."""
    found = formats().get(name)
    if found is None:
        raise InvalidInput(f"There is no format {name[:40]!r}.", f"Formats: {', '.join(formats())}.")
    return found


def _format(name: str) -> Format:
    module = importlib.import_module(f"{__name__}.{name}")
    sentence = (module.__doc__ or "").partition("\n")[0]
    return Format(name, sentence, module.EVENTS, module.encode)
