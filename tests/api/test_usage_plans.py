"""Usage plans at work: tokens are taken, come back with time, and are shared by every process."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.accounts.usage_plans import EVERY_SELLER, UsagePlan, adjust
from daybook.api.server import create_api
from daybook.kernel.errors import InvalidInput, NotFound
from daybook.store.opening import open_store
from daybook.store.postgres import PostgresStore
from daybook.store.store import Store
from tests.api.serving import (
    ALL_LISTINGS,
    REPORTS,
    SCHEDULES,
    Client,
    Daybook,
    ManualClock,
    make_door,
    serve,
    with_new_sellers,
)
from tests.api.wire import Wire

SLOW = UsagePlan(rate=0.01, burst=5)


def let_pass(daybook: Daybook, seconds: float) -> None:
    """So many seconds, for the buckets too: PostgreSQL's are filled by its own clock."""
    daybook.clock.advance(seconds)
    if daybook.store.engine.dialect.name == "postgresql":
        with daybook.store.transaction() as tx:
            tx.connection.execute(sa.text("UPDATE bucket SET filled_at = filled_at - :s"), {"s": seconds})


def listing(client: Client) -> int:
    """The status of a call of getReports."""
    return client.get(REPORTS, reportTypes=ALL_LISTINGS).status


def passed(client: Client, calls: int) -> int:
    """How many of so many calls of getReports pass."""
    statuses = [listing(client) for _ in range(calls)]
    assert set(statuses) <= {200, 429}
    return statuses.count(200)


def plan_for(daybook: Daybook, plan: UsagePlan, seller_id: str = EVERY_SELLER, operation: str = "getReports") -> None:
    with daybook.store.transaction() as tx:
        adjust(tx, "newcomer", operation, plan, seller_id)


@pytest.mark.requirement("R004-278")
def test_a_burst_passes_and_then_one_call_for_each_token_that_has_come_back(daybook: Daybook, newcomer: Client) -> None:
    assert passed(newcomer, 15) == 10
    let_pass(daybook, 40)
    assert passed(newcomer, 3) == 0
    let_pass(daybook, 6)  # 46 seconds at 0.0222 a second
    assert passed(newcomer, 3) == 1
    let_pass(daybook, 3 * 46)
    assert passed(newcomer, 9) == 3


def test_a_bucket_never_holds_more_than_its_burst(daybook: Daybook, newcomer: Client) -> None:
    assert passed(newcomer, 4) == 4
    let_pass(daybook, 3000)
    assert passed(newcomer, 15) == 10


def test_a_refused_call_costs_nothing(daybook: Daybook, newcomer: Client) -> None:
    passed(newcomer, 10)
    for _ in range(6):
        let_pass(daybook, 7)
        assert passed(newcomer, 5) == 0
    let_pass(daybook, 4)  # 46 seconds since the last token
    assert passed(newcomer, 5) == 1


def test_a_call_that_is_wrong_costs_a_token_and_one_without_a_good_token_costs_none(
    daybook: Daybook, newcomer: Client
) -> None:
    for _ in range(4):
        assert newcomer.get(REPORTS).status == 400
        assert daybook.wire.send("GET", REPORTS, {"x-amz-access-token": "wrong"}).status == 403
    assert passed(newcomer, 15) == 6


@pytest.mark.requirement("R004-278", "R004-279")
def test_each_operation_seller_and_application_has_a_bucket_of_its_own(daybook: Daybook, newcomer: Client) -> None:
    rival, renewed = daybook.client("rival", daybook.second), daybook.client("newcomer")
    assert passed(newcomer, 12) == 10
    assert passed(renewed, 3) == 0  # another token of the same application and seller
    assert passed(rival, 12) == 10
    assert newcomer.get(SCHEDULES, reportTypes=ALL_LISTINGS).status == 200
    with daybook.store.transaction() as tx:
        adjust(tx, "agency", "getReports", SLOW, daybook.first)
        adjust(tx, "agency", "getReports", SLOW, daybook.second)
    assert passed(daybook.client("agency", daybook.first), 7) == 5
    assert passed(daybook.client("agency", daybook.second), 7) == 5


# Other plans


@pytest.fixture
def default_plans(daybook: Daybook) -> Iterator[None]:
    """After the test the newcomer is on the default plans again."""
    yield
    with daybook.store.transaction() as tx:
        tx.connection.execute(
            sa.text("DELETE FROM usage_plan WHERE client_id = :id"),
            {"id": daybook.applications["newcomer"].client_id},
        )


@pytest.mark.requirement("R004-009", "R004-011")
@pytest.mark.usefixtures("default_plans")
def test_a_plan_is_adjusted_while_the_server_runs(daybook: Daybook, newcomer: Client) -> None:
    assert passed(newcomer, 12) == 10
    plan_for(daybook, UsagePlan(rate=5.0, burst=30))
    let_pass(daybook, 2)
    assert passed(newcomer, 12) >= 10
    let_pass(daybook, 60)
    answer = newcomer.get(REPORTS, reportTypes=ALL_LISTINGS)
    assert answer.headers["x-amzn-ratelimit-limit"] == "5.0"
    plan_for(daybook, SLOW)
    assert passed(newcomer, 12) == 5


@pytest.mark.requirement("R004-011")
@pytest.mark.usefixtures("default_plans")
def test_a_sellers_own_plan_goes_before_the_applications(daybook: Daybook, newcomer: Client) -> None:
    plan_for(daybook, UsagePlan(rate=0.01, burst=2))
    plan_for(daybook, UsagePlan(rate=0.02, burst=4), daybook.first)
    plan_for(daybook, UsagePlan(rate=0.03, burst=9), daybook.second)
    answer = newcomer.get(REPORTS, reportTypes=ALL_LISTINGS)
    assert answer.headers["x-amzn-ratelimit-limit"] == "0.02"
    assert passed(newcomer, 10) == 3


@pytest.mark.usefixtures("default_plans")
def test_a_plan_of_one_operation_leaves_the_others(daybook: Daybook, newcomer: Client) -> None:
    plan_for(daybook, SLOW, operation="getReport")
    assert passed(newcomer, 12) == 10


@pytest.mark.parametrize(
    "plan", [UsagePlan(0, 1), UsagePlan(-1, 1), UsagePlan(1, 0), UsagePlan(float("nan"), 1), UsagePlan(float("inf"), 1)]
)
def test_a_plan_that_lets_nothing_pass_or_everything_is_refused(daybook: Daybook, plan: UsagePlan) -> None:
    with pytest.raises(InvalidInput, match="rate above 0"):
        plan_for(daybook, plan)


def test_a_plan_for_an_unknown_application_is_refused(daybook: Daybook) -> None:
    with daybook.store.transaction() as tx, pytest.raises(NotFound):
        adjust(tx, "nobody", "getReports", SLOW)


# Never more than the plan allows

STEPS = st.lists(st.tuples(st.floats(0, 400), st.integers(0, 8)), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, rate=st.sampled_from([0.0222, 0.0167, 0.1]), burst=st.integers(1, 6))
def test_never_more_calls_pass_than_the_burst_and_what_came_back(
    daybook: Daybook, steps: list[tuple[float, int]], rate: float, burst: int
) -> None:
    mine = with_new_sellers(daybook)
    bucket = "getReports", mine.first, "an application"
    began, waited, taken = clock_of(mine.store), 0.0, 0
    for seconds, calls in steps:
        let_pass(mine, seconds)
        waited += seconds
        for _ in range(calls):
            with mine.store.reading() as tx:
                taken += mine.store.buckets.take(tx.connection, *bucket, rate, burst)
        real = clock_of(mine.store) - began
        assert taken <= (burst + rate * (waited + real)) * 1.00001
    let_pass(mine, 1.001 / rate)
    with mine.store.reading() as tx:
        assert mine.store.buckets.take(tx.connection, *bucket, rate, burst)


def clock_of(store: Store) -> float:
    """Seconds on a clock that moves by itself: PostgreSQL's. Nothing but the test moves SQLite's."""
    if store.engine.dialect.name == "sqlite":
        return 0.0
    with store.reading() as tx:
        return float(tx.connection.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())


# Several processes


@pytest.fixture
def own(database_url: str, runner: asyncio.Runner) -> Iterator[Daybook]:
    """A Daybook over a database of the test's own."""
    clock = ManualClock()
    store = open_store(database_url, clock)
    yield with_new_sellers(serve(store, clock, runner))
    store.close()


def test_two_servers_of_one_database_share_a_bucket(own: Daybook, database_url: str, runner: asyncio.Runner) -> None:
    another = open_store(database_url, own.clock)
    here, there = own.client("newcomer"), own.client("newcomer")
    there.wire = Wire(create_api(make_door(another, own.clock)), runner)
    assert [passed(here, 3), passed(there, 4), passed(here, 5), passed(there, 5)] == [3, 4, 3, 0]
    let_pass(own, 46)
    assert [passed(there, 2), passed(here, 2)] == [1, 0]
    another.close()


def test_servers_that_take_at_once_take_no_more_than_there_is(own: Daybook, database_url: str) -> None:
    stores = [own.store, open_store(database_url, own.clock)]

    def take(number: int) -> bool:
        store = stores[number % 2]
        with store.reading() as tx:
            return store.buckets.take(tx.connection, "getReports", own.first, "an application", 0.001, 20)

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(take, range(120))) == 20
    stores[1].close()


def test_a_call_needs_no_second_connection(postgres_url: str, runner: asyncio.Runner) -> None:
    """Calls that held one each while they waited for another would wait for each other."""
    clock = ManualClock()
    store = PostgresStore(postgres_url.replace("postgresql://", "postgresql+psycopg://"), clock, connections=1)
    daybook = with_new_sellers(serve(store, clock, runner))
    assert daybook.client().listed() == []
    store.close()
