"""The operator's way in: one command for each thing an operator does."""

import sys


def main() -> None:
    """Runs the command that the process was started with, and ends the process with its exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["produce"]:
        from daybook.cli.produce import produce  # noqa: PLC0415  a child process starts without what only people need

        sys.exit(produce())
    from daybook.cli.program import run  # noqa: PLC0415  see above

    sys.exit(run(arguments))
