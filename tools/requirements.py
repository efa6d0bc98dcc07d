"""The requirement ledger: `docs/requirements.md` is the list, the tests' `requirement` markers are the entries.

`python -m tools.requirements` collects the tests, prints how many lines of each source are proven, and below each line
that is not, with what it waits for. A line is proven when a test names it, none that names it failed or was skipped in
its last run, and nothing more is waited for. Ends with 1 where the list or a marker is wrong.
"""

import json
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

LIST = Path(__file__).parent.parent / "docs" / "requirements.md"
MOST_IDS = 12

_SECTION = re.compile(r"## (?P<source>\w+) \((?P<count>\d+) lines\): .+")
_ROW_START = re.compile(r"\| \w+-\d")
_ROW = re.compile(r"\| (?P<id>\w+-\d+) \| (?P<statement>[^|]+) \|(?P<waits>[^|]*)\|")
_ABILITY = re.compile(r"- \*\*(?P<name>[^*]+)\*\*: .+")


class WrongList(Exception):
    """The list or a marker breaks a rule of the ledger; the message says which, and where."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the list: what must hold, and which later parts of Daybook it waits for, if any."""

    id: str
    statement: str
    waits_for: tuple[str, ...]

    @property
    def source(self) -> str:
        """The document the line comes from: R000, R001, R002, R003, R004, or X where several meet."""
        return self.id.partition("-")[0]

    @property
    def number(self) -> int:
        """Its place within the source, from 1."""
        return int(self.id.partition("-")[2])


@dataclass(frozen=True, slots=True)
class Case:
    """One collected test: the lines it names, and how its last run ended (empty: not run yet)."""

    ids: tuple[str, ...]
    outcome: str

    @property
    def holds(self) -> bool:
        """No run has shown that the test proves nothing."""
        return self.outcome in ("", "passed")


def read(path: Path = LIST) -> dict[str, Requirement]:
    """The list by id, in its order. Raises WrongList for a gap, a double, a miscount or a word not explained."""
    lines = path.read_text("utf-8").splitlines()
    abilities = {found["name"] for line in lines if (found := _ABILITY.fullmatch(line))}
    counts = {found["source"]: int(found["count"]) for line in lines if (found := _SECTION.fullmatch(line))}
    rows = [_row(line, f"{path.name}:{n}", abilities) for n, line in enumerate(lines, 1) if _ROW_START.match(line)]
    for source in sorted({*counts, *(row.source for row in rows)}):
        _check_numbers(source, [row.number for row in rows if row.source == source], counts.get(source, 0))
    return {row.id: row for row in rows}


def _row(line: str, where: str, abilities: set[str]) -> Requirement:
    row = _ROW.fullmatch(line)
    if row is None:
        raise WrongList(f"{where}: a row reads `| ID | statement | what it waits for |`, this one does not: {line}")
    waits_for = tuple(word.strip() for word in row["waits"].split(",") if word.strip())
    if unknown := sorted(set(waits_for) - abilities):
        raise WrongList(f"{where}: {row['id']} waits for {', '.join(unknown)}, which the page does not explain")
    return Requirement(row["id"], row["statement"].strip(), waits_for)


def _check_numbers(source: str, numbers: list[int], count: int) -> None:
    due = range(1, count + 1)
    for expected, number in zip_longest(due, numbers):
        if number != expected:
            raise WrongList(f"{source}: {count} lines are due, in order; where {expected} should stand is {number}")


def faults(named: Mapping[str, Iterable[str]], known: Mapping[str, Requirement]) -> list[str]:
    """What is wrong with the ids that tests name, a sentence for each fault: unknown ids, and too many of them."""
    found = []
    for test, ids in named.items():
        names = list(ids)
        if unknown := sorted({name for name in names if name not in known}):
            found.append(f"{test} names {', '.join(unknown)}, which docs/requirements.md does not hold")
        if len(set(names)) > MOST_IDS:
            found.append(f"{test} names {len(set(names))} requirement lines; a test proves at most {MOST_IDS}")
    return found


def report(known: Mapping[str, Requirement], cases: Iterable[Case]) -> list[str]:
    """The ledger as lines of text: a count per source, then each line that is not proven."""
    states = _states(cases)
    missing = {name: reason for name in known if (reason := _missing(known[name], states.get(name)))}
    sources = dict.fromkeys(requirement.source for requirement in known.values())
    counts = [_count(source, known, missing) for source in sources]
    return [*counts, "", *(f"{name}  {reason}: {known[name].statement}" for name, reason in missing.items())]


def _states(cases: Iterable[Case]) -> dict[str, bool]:
    states: dict[str, bool] = {}
    for case in cases:
        for name in case.ids:
            states[name] = states.get(name, True) and case.holds
    return states


def _missing(requirement: Requirement, holds: bool | None) -> str:
    if holds is False:
        return "its test failed or was skipped"
    if requirement.waits_for:
        return "waits for " + ", ".join(requirement.waits_for) + ("; proven in part" if holds else "")
    return "" if holds else "no test names it"


def _count(source: str, known: Mapping[str, Requirement], missing: Mapping[str, str]) -> str:
    lines = [name for name, requirement in known.items() if requirement.source == source]
    return f"{source} {sum(name not in missing for name in lines)}/{len(lines)}"


def collect() -> list[Case]:
    """The cases that pytest collects from the whole suite. Raises WrongList with pytest's own words where it cannot."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "cases.json"
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", f"--requirements-json={answer}"]
        run = subprocess.run(command, cwd=LIST.parent.parent, capture_output=True, text=True, check=False)
        if run.returncode or not answer.exists():
            raise WrongList(f"pytest cannot collect the tests:\n{run.stdout[-4000:]}{run.stderr[-4000:]}")
        cases = json.loads(answer.read_text("utf-8"))
    return [Case(tuple(case["ids"]), case["outcome"]) for case in cases.values()]


def main() -> int:
    """Prints the ledger; answers the exit code."""
    try:
        print("\n".join(report(read(), collect())))
    except WrongList as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that has seen enough is no fault
    sys.exit(main())
