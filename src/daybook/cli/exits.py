"""Exit codes. Each is documented in docs/cli.md, which is drawn from here."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CANCELLED = 3
    FATAL = 4
    TIMED_OUT = 5
    NO_DATA = 6
    BROKEN = 70
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.OK: "What was asked for is done.",
    ExitCode.FAILED: "It was refused or it failed, in whole or in part; standard error says what and what to do.",
    ExitCode.USAGE: "The command line is wrong: no such command or option, or a value that cannot be one.",
    ExitCode.CANCELLED: "`reports wait`, `reports request --wait`: the report is CANCELLED, for another reason than 6.",
    ExitCode.FATAL: "`reports wait`, `reports request --wait`: the report is FATAL.",
    ExitCode.TIMED_OUT: (
        "`reports wait`, `reports request --wait`, `batches wait`: it had not ended in time, and goes on; or all that "
        "is left of the batch is held, and waits for `batches approve`."
    ),
    ExitCode.NO_DATA: "`reports wait`, `reports request --wait`: it is CANCELLED, for there was nothing to report.",
    ExitCode.BROKEN: "Daybook itself failed in a way that it should not.",
    ExitCode.INTERRUPTED: (
        "Ctrl-C; a report that was waited for goes on. `serve`, `worker` and `demo` end with 0 instead: that is how "
        "they are ended."
    ),
}
