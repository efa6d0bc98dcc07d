"""A marketplace to practise on, in a process of its own: `python -m bench.practice` prints its URL.

It ends with its input. Its usage plans hinder nobody.
"""

import sys

from bench.processes import log_faults_alone
from daybook.practising import serving_sandbox
from daybook.sandbox.settings import SandboxSettings

TIMES = 1e6
"""So many times Amazon's usage plans."""


def main() -> None:
    """Serves until nobody listens any more."""
    log_faults_alone()
    with serving_sandbox(SandboxSettings(usage_plan_times=TIMES)) as server:
        print(server.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
