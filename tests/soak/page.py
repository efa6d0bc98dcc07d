"""The page that tells what a soak found."""

import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEAD = """# Soak

`make soak` starts three worker processes on each database, gives them work, and strikes one of them at random moments:
`kill -9`, or SIGSTOP and, up to {longest:g} s later, SIGCONT, while a lease lasts one second, and five in the trial of
operations. A killed process is replaced. Then they may finish. The judgement is by logs that Daybook does not write,
and by the final tables.

| trial | database | kills | pauses | processes | what was done | lost or done twice | minutes |
|---|---|---|---|---|---|---|---|
"""
FOOT = """
Seed {seed}; {cores} cores, Python {python}, SQLite {sqlite}, {system}.

*Counting* works on units whose begin and commit are in a log of the worker's own. *Reporting* asks for reports and
makes schedules, from a list that the striker keeps: in the end each report on it must be there once, DONE, with
its own document; each schedule must have fired every slot once, without a gap in the time it covers; and after a sweep
there must be one object for each document and none besides.

*Deliveries* lets 12 reports of two sellers end before each blow, for three receivers each, which take 0.2 s to answer
and keep the log that is judged by. Every event must have reached every receiver, signed; what came twice must have had
the same id and the same bytes, and no oftener than a worker was struck between the call and the record of it
(*uncertain*). Its leases last two seconds.

*Operations* is one batch of 500 operations for each kill, sent over HTTP to `daybook sandbox`, which rejects 2 %, and
throttles, fails and cuts off 0.1 % each. Blows are spread over all of it. Each operation must have one final status,
each success must have been done once in the sandbox's record and each rejection never, every call must have had the
operation's own key, and record, attempts and operation report must agree on every line. What was *in doubt* when a
worker died was looked at before it was sent again.

*Listing* strikes nobody: 20,000 real products are submitted as one batch and sent over HTTP to `daybook sandbox`, which
rejects 2 % and throttles 1 %, and the operation report is compared with the sandbox's own record on every line.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one trial on one database."""

    trial: str
    database: str
    kills: int
    pauses: int
    processes: int
    seconds: float
    figures: Mapping[str, int]
    faults: Sequence[str]

    def __str__(self) -> str:
        wrong = "nothing was lost or done twice" if not self.faults else f"{len(self.faults)} FAULTS"
        return (
            f"{self.trial} on {self.database}: {self.kills} kills, {self.pauses} pauses, {self.processes} processes, "
            f"{self._done()}, {self.seconds:.0f} s: {wrong}"
        )

    def row(self) -> str:
        """A line of the table."""
        cells = (self.kills, self.pauses, self.processes, self._done(), len(self.faults), f"{self.seconds / 60:.1f}")
        return f"| {self.trial} | {self.database} | {' | '.join(map(str, cells))} |"

    def _done(self) -> str:
        return ", ".join(f"{count:,} {what}" for what, count in self.figures.items())


def page(results: Sequence[Result], seed: int, longest: float) -> str:
    """The whole page, in Markdown."""
    rows = "\n".join(result.row() for result in results)
    foot = FOOT.format(
        seed=seed,
        cores=os.cpu_count(),
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        system=f"{platform.system()} {platform.machine()}",
    )
    return HEAD.format(longest=longest) + rows + "\n" + foot
