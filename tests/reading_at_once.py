"""`python -m tests.reading_at_once ROUNDS`: threads read into structs that none has read into before.

Each round has structs of its own. Threads are changed as often as can be: with msgspec's own functions instead of
Daybook's, a process ends within some hundred rounds.
"""

import sys
import threading
import types
from collections.abc import Callable
from typing import Any

import msgspec

from daybook.shapes import convert, decode

SHAPES = """
import msgspec

class Part(msgspec.Struct):
    name: str
    size: int | None = None
    tags: list[str] | msgspec.UnsetType = msgspec.UNSET

class Whole(msgspec.Struct):
    id: str
    parts: list[Part]
    named: dict[str, Part] | None = None
    first: Part | msgspec.UnsetType = msgspec.UNSET
"""
TEXT = b'{"id": "1", "parts": [{"name": "a", "tags": ["b"]}], "named": {"c": {"name": "d"}}, "first": {"name": "e"}}'
PLAIN = msgspec.json.decode(TEXT)
THREADS = 4


def read_at_once(name: str, read: Callable[[Any], Any]) -> None:
    module = types.ModuleType(name)
    sys.modules[name] = module  # where the annotations are looked up
    exec(SHAPES, module.__dict__)  # noqa: S102  structs that no thread has seen
    start = threading.Barrier(THREADS)
    found: list[str] = []

    def reading() -> None:
        start.wait()
        found.append(read(module.__dict__["Whole"]).first.name)

    threads = [threading.Thread(target=reading) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if found != ["e"] * THREADS:
        raise AssertionError(found)


def main(rounds: int) -> None:
    sys.setswitchinterval(1e-7)
    for number in range(rounds):
        read_at_once(f"decoded_{number}", lambda shape: decode(TEXT, shape))
        read_at_once(f"converted_{number}", lambda shape: convert(PLAIN, shape))


if __name__ == "__main__":
    main(int(sys.argv[1]))
