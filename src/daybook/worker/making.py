"""Making a report's document: a producer's pieces on their way into an object."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog

from daybook.documents.objects import Objects
from daybook.documents.writing import DocumentWriter, Written
from daybook.kernel.errors import DaybookError, Unavailable
from daybook.report_types.producers import Producer
from daybook.reports.reports import Report
from daybook.store.store import Store, unavailable_if_away
from daybook.store.transaction import Transaction

log = structlog.get_logger()

Producers = Mapping[str, Producer]


class ProducerFailed(Exception):
    """A producer raised: the report cannot be made. Its text is the sentence for whoever asked for the report."""


class AttemptDied(Exception):
    """The process that made the document ended without an answer: killed, out of memory, or out of time."""


def make_document(
    store: Store, objects: Objects, producer: Producer, report: Report, object_name: str
) -> Written | None:
    """Writes the report's document into the object; None, and no object, where there is no data.

    Raises ProducerFailed, and Unavailable where the database or the document store is away or full.
    """
    with store.reading() as source:
        pieces = _pieces(source, producer, report)
        first = next(pieces, None)
        if first is None:
            return None
        with DocumentWriter(objects, object_name) as writer:
            writer.write(first)
            for piece in pieces:
                writer.write(piece)
        return writer.close()


def rows_up_to(store: Store, producer: Producer, report: Report, limit: int) -> int:
    """How many rows the report may have, counted no further than the limit. Raises as `make_document` does."""
    with store.reading() as source, _blamed_on(producer):
        return producer.rows_up_to(source, report, limit)


def _pieces(source: Transaction, producer: Producer, report: Report) -> Iterator[bytes]:
    with _blamed_on(producer):
        for piece in producer.produce(source, report):
            if piece:
                yield piece


@contextmanager
def _blamed_on(producer: Producer) -> Iterator[None]:
    """Turns what a producer raises into ProducerFailed, unless it is only that something is away."""
    try:
        with unavailable_if_away():
            yield
    except Unavailable:
        raise
    except Exception as error:
        log.warning("a producer failed", report_type=producer.report_type, exc_info=True)
        raise ProducerFailed(_sentence(producer, error)) from error


def _sentence(producer: Producer, error: Exception) -> str:
    """What is told outside: an error that was not written for people may hold secrets, so only its kind is named."""
    if isinstance(error, DaybookError):
        return error.sentence
    return (
        f"The producer of {producer.report_type} stopped with an unexpected error ({type(error).__name__}). "
        "The log of the server that ran it says where."
    )
