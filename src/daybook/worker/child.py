"""Large reports are made in processes of their own: there a long computation holds up no lane's lease and no request.

The worker's half is `ChildCommand`, the child's `answer_job`. The job is one line of JSON on the child's stdin, which
stays open: its end tells the child that the worker has gone. The answer is the last line of its stdout; what it logs
goes to its stderr, and from there into the worker's log.
"""

import ctypes
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import IO, Any, Protocol, cast

import structlog

from daybook.documents.objects import Objects
from daybook.documents.writing import Written
from daybook.kernel.errors import Unavailable
from daybook.reports.reports import Report
from daybook.store.store import Store
from daybook.worker.making import AttemptDied, ProducerFailed, Producers, make_document
from daybook.worker.production import LONGEST

LOOK_EVERY = 0.2
"""Seconds between looks at the clock and at whether somebody cancelled; an answer is heard at once."""
END_WITHIN = 5.0
"""Seconds that a child may take to end once it has answered."""

_DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG

log = structlog.get_logger()


class ChildCommand:
    """How a child is started: its command line, what its environment has besides the worker's own, its longest time."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], longest: float = LONGEST) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._longest = longest
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Kills the children that run, and lets no other run: the worker ends."""
        self._cancelled.set()

    def make(self, report: Report, name: str) -> Written | None:
        """Makes the report's document into the object of that name; None, and no object, where there is no data.

        Raises ProducerFailed, AttemptDied where there is no answer, and Unavailable, also when it is cancelled.
        """
        with self._started() as process:
            relay = threading.Thread(target=_relay, args=(process,), name="daybook-child-log", daemon=True)
            relay.start()
            try:
                _tell(process, {"sellerId": report.seller_id, "reportId": report.report_id, "objectName": name})
                answer = self._answer(process)
            finally:
                process.kill()
                relay.join()
        return _written(answer)

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | self._environment,
            process_group=0,  # Ctrl-C is for the worker, which ends its steps in order
        )

    def _answer(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        lines = self._said(process).splitlines()
        try:
            status = process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            status = None
        if status != 0 or not lines:
            raise AttemptDied(f"The process that made the report ended without an answer, with status {status}.")
        answer: dict[str, Any] = json.loads(lines[-1])
        return answer

    def _said(self, process: subprocess.Popen[bytes]) -> bytes:
        """What the child says until it ends."""
        stdout = _open(process.stdout)
        until = time.monotonic() + self._longest
        said = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while True:
                if selector.select(LOOK_EVERY):
                    piece = os.read(stdout.fileno(), 65536)
                    if not piece:
                        return bytes(said)
                    said += piece
                self._look(until)

    def _look(self, until: float) -> None:
        if self._cancelled.is_set():
            raise Unavailable("The worker ends.", "The next one begins the report anew.")
        if time.monotonic() > until:
            raise AttemptDied(f"The process that made the report was ended: it took longer than {self._longest:g} s.")


def _tell(process: subprocess.Popen[bytes], job: Mapping[str, str]) -> None:
    try:
        os.write(_open(process.stdin).fileno(), json.dumps(job).encode() + b"\n")
    except BrokenPipeError:
        log.warning("a child process ended before it had its job", pid=process.pid)


def _relay(process: subprocess.Popen[bytes]) -> None:
    for line in _open(process.stderr):
        log.info("a child process says", pid=process.pid, line=line.decode(errors="replace").rstrip())


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    """The pipe, which is there: the child was started with all three."""
    return cast("IO[bytes]", pipe)


def _written(answer: Mapping[str, Any]) -> Written | None:
    if "failed" in answer:
        raise ProducerFailed(answer["failed"])
    if "unavailable" in answer:
        raise Unavailable(*answer["unavailable"])
    return Written(**answer["written"]) if answer["written"] else None


class Parts(Protocol):
    """What a child works with."""

    @property
    def store(self) -> Store: ...
    @property
    def objects(self) -> Objects: ...
    @property
    def producers(self) -> Producers: ...


def answer_job(open_parts: Callable[[], AbstractContextManager[Parts]]) -> None:
    """The whole life of a child process: reads its job, does it, answers. It ends at once when its worker does."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what is printed by mistake is not taken for an answer
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    job = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    os.write(answers, json.dumps(produce_job(open_parts, job)).encode() + b"\n")


def produce_job(open_parts: Callable[[], AbstractContextManager[Parts]], job: Mapping[str, str]) -> dict[str, Any]:
    """Makes the document that the job names; the answer, of which `ChildCommand.make` makes a result or an error."""
    try:
        with open_parts() as parts:
            written = _made(parts, job)
    except ProducerFailed as failure:
        return {"failed": str(failure)}
    except Unavailable as error:
        return {"unavailable": [error.message, error.details]}
    return {"written": None if written is None else asdict(written)}


def _made(parts: Parts, job: Mapping[str, str]) -> Written | None:
    with parts.store.reading() as tx:
        report = tx.report(job["sellerId"], job["reportId"])
    if report is None:
        raise LookupError(f"there is no report {job['reportId']}")
    return make_document(parts.store, parts.objects, parts.producers[report.report_type], report, job["objectName"])


def _end_with_stdin() -> None:
    while os.read(0, 1024):  # below the buffer, whose lock would stop the interpreter's end
        pass
    os._exit(1)
