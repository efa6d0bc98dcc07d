"""The program itself, running in a process of its own until it is told to end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

END_WITHIN = 240.0
DAYBOOK = [sys.executable, "-m", "daybook.cli"]


@dataclass(frozen=True, slots=True)
class Running:
    """A process, and the file that its standard error goes to."""

    process: subprocess.Popen[str]
    errors: Path

    def line(self) -> str:
        """The next line of standard output; empty at its end."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def until(self, part: str) -> str:
        """Standard output up to the line that holds the part."""
        said = ""
        while part not in said:
            line = self.line()
            assert line, f"{said}\n{self.errors.read_text()}"
            said += line
        return said

    def json(self) -> Any:
        """The next line, as JSON."""
        line = self.line()
        assert line, self.errors.read_text()
        return json.loads(line)

    def end(self, number: int = signal.SIGINT) -> int:
        """Tells it to end, and waits; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(END_WITHIN)

    def log(self) -> list[dict[str, Any]]:
        """What was logged, which is JSON lines."""
        return [json.loads(line) for line in self.errors.read_text().splitlines()]


def environment(data: Path, **variables: str) -> dict[str, str]:
    """The environment of a process on a machine of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_")}
    return {**clean, "DAYBOOK_DATA": str(data), "TZ": "UTC", **variables}


@contextmanager
def running(data: Path, *words: object, **variables: str) -> Iterator[Running]:
    """`daybook` with these words, for as long as the block lasts."""
    errors = data.parent / f"errors-{len(list(data.parent.iterdir()))}"
    with errors.open("w") as stderr:
        process = subprocess.Popen(
            [*DAYBOOK, *(str(word) for word in words)],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env=environment(data, **variables),
        )
    try:
        yield Running(process, errors)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def ran(data: Path, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """`daybook` with these words, to its end."""
    command = [*DAYBOOK, *(str(word) for word in words)]
    env = environment(data, **variables)
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=END_WITHIN, check=False)
