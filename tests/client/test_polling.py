"""The arithmetic of waiting."""

import itertools
import math
import random

import pytest

from daybook.client.requests.polling import ENOUGH, KEPT, History, Plans, PollingPlan

NEVER_RANDOM = random.Random(1).randbytes  # noqa: S311  the same in every run
TYPE = "GET_MERCHANT_LISTINGS_ALL_DATA"


def looks(plan: PollingPlan, until: float) -> list[float]:
    """The ages at which a report is looked at."""
    ages = [plan.next_look(0.0, NEVER_RANDOM)]
    while ages[-1] < until:
        ages.append(plan.next_look(ages[-1], NEVER_RANDOM))
    return ages


def test_looks_go_on_for_ever_and_never_stand_still() -> None:
    ages = looks(PollingPlan(), 7 * 86_400)
    pauses = [later - sooner for sooner, later in itertools.pairwise(ages)]
    assert min(pauses) >= 0.9 * PollingPlan().shortest
    assert max(pauses) <= 1.1 * PollingPlan().longest
    assert len(ages) < 2000


@pytest.mark.parametrize("usual", [10.0, 180.0, 7200.0])
def test_the_share_of_the_usual_time_that_a_look_may_be_late_is_the_same_for_fast_and_slow_types(usual: float) -> None:
    plan = PollingPlan(usual=usual, first=usual / 10, jitter=0.0, shortest=0.0, longest=math.inf)
    assert plan.next_look(usual, NEVER_RANDOM) - usual == pytest.approx(0.125 * usual)


def test_a_few_reports_teach_nothing_and_enough_make_a_plan() -> None:
    history = History()
    plans = Plans({}, PollingPlan(), history)
    for _ in range(ENOUGH - 1):
        history.add(TYPE, 1000.0)
    assert plans.of(TYPE) == PollingPlan()
    history.add(TYPE, 1000.0)
    learned = plans.of(TYPE)
    assert (learned.first, learned.usual, learned.share) == (1000.0, 1000.0, PollingPlan().share)
    assert plans.of("ANOTHER") == PollingPlan()


def test_nothing_is_learned_from_the_fast_ones_while_most_still_run() -> None:
    history = History()
    names = [history.begin(TYPE) for _ in range(40)]
    for name in names[:20]:
        history.end(TYPE, name, 5.0)
    assert history.usual(TYPE) is None
    for name in names[20:]:
        history.end(TYPE, name, 500.0)
    usual = history.usual(TYPE)
    assert usual is not None
    assert (usual.p05, usual.p50, usual.p95, usual.reports) == (5.0, 500.0, 500.0, 40)


def test_what_is_no_measure_is_forgotten() -> None:
    history = History()
    names = [history.begin(TYPE) for _ in range(40)]
    for name in names[:12]:
        history.end(TYPE, name, 5.0)
    for name in names[12:]:
        history.end(TYPE, name, None)
    usual = history.usual(TYPE)
    assert usual is not None
    assert usual.reports == 12


def test_the_last_reports_count() -> None:
    history = History()
    for seconds in (1.0, 100.0):
        for _ in range(KEPT):
            history.add(TYPE, seconds)
    usual = history.usual(TYPE)
    assert usual is not None
    assert (usual.p05, usual.p95) == (100.0, 100.0)
