"""What no file of the project holds."""

import ast
import re

import pytest

from tests.house.tree import tracked_texts

# A letter stands in brackets, so that a pattern does not find itself.
REGISTRIES = re.compile(r"pyp[i]\.org|pythonhoste[d]\.org|registry\.np[m]js|deb\.debia[n]\.org")
MACHINE_PATHS = re.compile(r"(?<![\w.}])/(work|root|farm|tmp)/")
CAPTURED_HOSTS = re.compile(r"goskop[e]")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
SLEEPS = re.compile(r"\b(time|asyncio|anyio)\.sleep\((?!0\))")
TYPED_READS = re.compile(r"msgspec\.convert\(|msgspec\.json\.decode\(.*type=|msgspec\.json\.Decoder\([A-Z]")
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "misc", "base"}

TEXTS = tracked_texts()


def places(pattern: re.Pattern[str], *, under: str = "", outside: str = "\0") -> list[str]:
    """`path:line: text` wherever the pattern stands in a tracked file."""
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in TEXTS.items()
        if path.startswith(under) and not path.startswith(outside)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.requirement("R004-007")
def test_no_host_name_of_a_capture_is_in_any_file() -> None:
    assert places(CAPTURED_HOSTS) == []


def test_no_file_names_a_package_registry() -> None:
    assert places(REGISTRIES) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert places(MACHINE_PATHS) == []


def test_nothing_in_the_source_reads_unfinished() -> None:
    assert places(UNFINISHED, under="src/") == []


def test_tests_wait_for_events_and_never_sleep() -> None:
    assert places(SLEEPS, under="tests/", outside="tests/soak/") == []


def test_what_is_read_into_a_struct_is_read_by_the_one_module_that_threads_may_share() -> None:
    """msgspec's own functions may end the process where two threads are the first to read into a struct."""
    assert places(TYPED_READS, under="src/", outside="src/daybook/shapes.py") == []


def test_every_module_is_named_for_what_it_holds() -> None:
    modules = [path for path in TEXTS if path.startswith("src/") and path.endswith(".py")]
    assert [path for path in modules if VAGUE_NAMES & set(path.removesuffix(".py").split("/"))] == []


def test_no_error_is_swallowed_in_silence() -> None:
    assert [place for path in TEXTS if path.startswith("src/") for place in silent_handlers(path)] == []


def silent_handlers(path: str) -> list[str]:
    """`path:line` of each handler that does nothing but pass."""
    if not path.endswith(".py"):
        return []
    handlers = [node for node in ast.walk(ast.parse(TEXTS[path])) if isinstance(node, ast.ExceptHandler)]
    return [f"{path}:{h.lineno}" for h in handlers if len(h.body) == 1 and isinstance(h.body[0], ast.Pass)]
