"""The child half of a production: one report, made in a process of its own. For workers, not for people.

It starts with what a production needs and no more: without the API and the terminal it is there a third sooner, which
matters where a report of some seconds is made.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from daybook.cli.environment import variables
from daybook.cli.logs import configure_log
from daybook.config import read_settings
from daybook.documents.objects import Objects
from daybook.report_types.producers import Producer
from daybook.report_types.registry import registry
from daybook.store.opening import open_store
from daybook.store.store import Store
from daybook.worker.child import answer_job


@dataclass(frozen=True, slots=True)
class Parts:
    """What one production works with."""

    store: Store
    objects: Objects
    producers: Mapping[str, Producer]


def produce() -> int:
    """Reads the job from standard input and answers on standard output; the exit code."""
    configure_log(logging.INFO)
    answer_job(_open_parts)
    return 0


@contextmanager
def _open_parts() -> Iterator[Parts]:
    settings = read_settings(variables())
    store = open_store(settings.database)
    try:
        yield Parts(store, Objects.open(settings.documents), registry(settings.sql).producers)
    finally:
        store.close()
