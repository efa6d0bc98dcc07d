"""The log: lines for a person on a terminal, JSON lines otherwise, on standard error. Secrets never stand in it."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from daybook.kernel.masking import HIDDEN, names_a_secret, redacted


def _redact(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in line.items():
        if names_a_secret(name):
            line[name] = HIDDEN
        elif isinstance(value, str):
            line[name] = redacted(value)
    return line


def configure_log(level: int, stream: TextIO | None = None) -> None:
    """Sends what Daybook and its libraries log, from that level on, to the stream (standard error)."""
    stream = stream or sys.stderr
    first: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*first, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(first, people=stream.isatty()))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in ("uvicorn", "alembic", "httpx2"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def _formatter(first: list[structlog.typing.Processor], *, people: bool) -> logging.Formatter:
    plain = structlog.dev.plain_traceback
    last: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=plain) if people else structlog.processors.JSONRenderer()
    )
    clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    chain: list[structlog.typing.Processor] = [clean, structlog.processors.format_exc_info, _redact, last]
    return structlog.stdlib.ProcessorFormatter(processors=chain, foreign_pre_chain=first)
