"""Every variant of the lane protocol, explored to its last state; the explorer itself, on a riddle and an egg."""

import functools
import sys
from pathlib import Path

import pytest

from tests.lanes.explorer import Exploration, Move, Violation, explore
from tests.lanes.invariants import HARMS, PROMISES, Wrong
from tests.lanes.moves import Lane
from tests.lanes.variants import FAULTY, FAULTY_PARTS, SOUND, SOUND_PARTS, Faulty, Sound

PAGE = Path(__file__).parents[2] / "docs" / "lanes.md"

sound_variants = pytest.mark.parametrize("variant", [pytest.param(v, id=v.sentence) for v in SOUND + SOUND_PARTS])
faulty_variants = pytest.mark.parametrize("variant", [pytest.param(v, id=v.sentence) for v in FAULTY + FAULTY_PARTS])


@functools.cache
def all_runs(variant: Sound) -> Exploration:
    return explore(Lane(variant.protocol, HARMS + PROMISES))


@functools.cache
def shortest_bad_run(variant: Faulty) -> Exploration:
    return explore(Lane(variant.protocol, HARMS, variant.looking_past))


@sound_variants
def test_no_run_breaks_an_invariant(variant: Sound) -> None:
    explored = all_runs(variant)
    sys.stdout.write(f"{variant.sentence}: {explored.states:,} states\n")
    assert explored.finding is None, story(explored)
    assert explored.states >= variant.floor
    assert explored.ends, "a run can go on for ever, so what is right at rest says nothing"


@sound_variants
def test_workers_really_die_lapse_and_are_fenced_off(variant: Sound) -> None:
    done = all_runs(variant).done
    assert {"dies", "lease lapses", "frees the lane", "commit"} <= done
    assert any(does.endswith("0 rows: ROLLBACK") for does in done)


@faulty_variants
def test_the_fault_is_found_by_its_shortest_run(variant: Faulty) -> None:
    explored = shortest_bad_run(variant)
    assert explored.finding is not None
    assert explored.finding.violation.kind == variant.wrong, story(explored)
    assert tells(explored.finding.run, variant.run), story(explored)


@sound_variants
def test_the_page_about_lanes_gives_the_number_of_states(variant: Sound) -> None:
    assert f"| {variant.sentence} | {all_runs(variant).states:,} |" in page()


@faulty_variants
def test_the_page_about_lanes_lists_the_fault_with_its_harm(variant: Faulty) -> None:
    finding = shortest_bad_run(variant).finding
    assert finding is not None
    assert f"| {variant.sentence} | {variant.wrong} | {len(finding.run)} |" in page()


def test_the_page_about_lanes_shows_a_run_as_the_explorer_tells_it() -> None:
    ghost = next(variant for variant in FAULTY if variant.wrong is Wrong.GHOST_LEASE)
    finding = shortest_bad_run(ghost).finding
    assert finding is not None
    assert "\n".join(("```", *finding.run, "```")) in page()


@functools.cache
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def tells(run: tuple[str, ...], moves: tuple[str, ...]) -> bool:
    """Whether the run has these moves, in this order."""
    lines = iter(run)
    return all(any(line.startswith(move) for line in lines) for move in moves)


def story(explored: Exploration) -> str:
    """The bad run, for a person."""
    if explored.finding is None:
        return "nothing was found"
    return "\n".join(("", *explored.finding.run, explored.finding.violation.sentence))


class Jugs:
    """Two jugs and a tap: fill one, empty one, or pour one into the other. Wrong is to have measured the litres."""

    def __init__(self, small: int, large: int, litres: int) -> None:
        self._sizes = (small, large)
        self._litres = litres

    def start(self) -> tuple[int, int]:
        return (0, 0)

    def moves(self, state: tuple[int, int]) -> list[Move[tuple[int, int]]]:
        small, large = state
        into_large = min(small, self._sizes[1] - large)
        into_small = min(large, self._sizes[0] - small)
        return [
            Move("tap", "fills the small jug", (self._sizes[0], large), must=False),
            Move("tap", "fills the large jug", (small, self._sizes[1]), must=False),
            Move("small jug", "is emptied", (0, large), must=False),
            Move("large jug", "is emptied", (small, 0), must=False),
            Move("small jug", "is poured", (small - into_large, large + into_large)),
            Move("large jug", "is poured", (small + into_small, large - into_small)),
        ]

    def wrong(self, before: tuple[int, int], move: Move[tuple[int, int]]) -> Violation | None:
        return Violation("measured", "there it is") if self._litres in move.after else None

    def wrong_at_rest(self, state: tuple[int, int]) -> Violation | None:
        return None

    def describe(self, state: tuple[int, int]) -> str:
        return f"{state[0]} and {state[1]} litres"


def test_the_explorer_finds_the_shortest_run() -> None:
    finding = explore(Jugs(3, 5, litres=4)).finding
    assert finding is not None
    assert [line.split("|")[1].strip() for line in finding.run] == [
        "0 and 5 litres",
        "3 and 2 litres",
        "0 and 2 litres",
        "2 and 0 litres",
        "2 and 5 litres",
        "3 and 4 litres",
    ]


def test_the_explorer_visits_every_state_when_nothing_is_wrong() -> None:
    assert explore(Jugs(2, 4, litres=3)) == Exploration(
        states=6,
        done=frozenset({"fills the small jug", "fills the large jug", "is emptied", "is poured"}),
        finding=None,
        ends=False,
    )


def test_the_explorer_tells_whether_a_run_can_go_on_for_ever() -> None:
    assert not explore(Jugs(2, 4, litres=3)).ends
    assert explore(Egg(may_break=True)).ends


class Egg:
    """It may fall, and then must break, which is wrong unless we allow it."""

    def __init__(self, *, may_break: bool) -> None:
        self._may_break = may_break

    def start(self) -> str:
        return "lies on the table"

    def moves(self, state: str) -> list[Move[str]]:
        return {
            "lies on the table": [Move("egg", "falls", "falls", must=False)],
            "falls": [Move("egg", "breaks", "broken")],
            "broken": [],
        }[state]

    def wrong(self, before: str, move: Move[str]) -> Violation | None:
        return None

    def wrong_at_rest(self, state: str) -> Violation | None:
        if state == "lies on the table" or self._may_break:
            return None
        return Violation("broken", "the egg is broken")

    def describe(self, state: str) -> str:
        return state


def test_the_explorer_judges_a_state_at_rest_only_when_nothing_must_follow() -> None:
    finding = explore(Egg(may_break=False)).finding
    assert finding is not None
    assert [line.split("|")[0].strip() for line in finding.run] == ["egg falls", "egg breaks"]
