"""Other processes of a measurement: asked by a line, answering by a line, gone at the end of their input."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from bench.rounds import pin

ROOT = Path(__file__).parents[1]


class Talker:
    """A process that answers lines."""

    def __init__(self, process: subprocess.Popen[str], command: list[str]) -> None:
        self._process = process
        self._command = " ".join(command)

    def ask(self, line: str) -> list[str]:
        """The words of its answer. Raises RuntimeError where it has ended instead."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self.told()

    def told(self) -> list[str]:
        """The words of its next line."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._command} ended with {self._process.wait()}.")
        return line.split()


@contextmanager
def talker(core: int, *words: str) -> Iterator[Talker]:
    """`python -m WORDS` on a core of its own; ended with the block."""
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        pin(core, process.pid)
        try:
            yield Talker(process, command)
        finally:
            process.kill()


def log_faults_alone() -> None:
    """Daybook's log goes to where errors go: what a process of a measurement prints are its answers."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
