"""How a marketplace to practise on is run."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """`record` is the file of its record; with `sync` each line is on the disk before its answer leaves.

    `usage_plan_times` multiplies the usage plans, `speed` the pace of its clock. With a `client_secret` no other is
    good. It listens on loopback alone, for it gives anybody a token.
    """

    port: int = 0
    record: Path | None = None
    sync: bool = False
    scenarios: Path | None = None
    usage_plan_times: float = 1.0
    client_secret: str = ""
    speed: float = 1.0
