"""Both clients against Daybook itself."""

import asyncio
import random
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from daybook.client import AsyncReportsClient, PollingPlan, ReportsClient
from daybook.client import daybook as a_daybook
from daybook.client.errors import (
    AccessDenied,
    CancelledByRequest,
    NoData,
    NoSuchThing,
    Refused,
    ReportFatal,
    StillWaiting,
)
from daybook.client.requests.waiting import Look
from daybook.store.opening import migrate, open_store
from tests.api import production
from tests.api.serving import ALL_LISTINGS, FAULTY_LISTINGS, US, Daybook, ManualClock, serve, with_new_sellers
from tests.client.driven import MODES, Driven
from tests.client.served import ENDPOINT, Answered, InProcess
from tests.client.virtual import VirtualTime
from tests.clients import daybook as over_http
from tests.clients.test_libraries import stock


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daybook]:
    """A Daybook on SQLite."""
    clock = ManualClock()
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('served') / 'daybook.sqlite'}", clock)
    migrate(store)
    with asyncio.Runner() as runner:
        yield serve(store, clock, runner)
    store.close()


@pytest.fixture
def daybook(served: Daybook) -> Daybook:
    """The Daybook, with sellers of the test's own."""
    return with_new_sellers(served)


Work = Callable[[], object]


@pytest.fixture(params=MODES)
def make(request: pytest.FixtureRequest, daybook: Daybook) -> Iterator[Callable[..., Driven]]:
    """Makes clients of each kind; while one sleeps, `work` is done."""
    made: list[Driven] = []
    virtual = VirtualTime()

    def make(
        application: str = "newcomer",
        seller: str = "",
        work: Work = lambda: None,
        answered: Answered = lambda request, answer: answer,
        **options: Any,
    ) -> Driven:
        def sleep(seconds: float) -> None:
            virtual.sleep(seconds)
            daybook.clock.now = virtual.clock()
            work()

        async def asleep(seconds: float) -> None:
            sleep(seconds)

        form = daybook.form(application, seller)
        blocking = request.param == "blocking"
        given: dict[str, Any] = {
            "transport": InProcess(daybook, answered),
            "sleep": sleep if blocking else asleep,
            "clock": daybook.clock,
            "monotonic": virtual.monotonic,
            "randomness": random.Random(3).randbytes,  # noqa: S311  the same in every run
            **options,
        }
        credentials = (form[name] for name in ("client_id", "client_secret", "refresh_token"))
        kind = ReportsClient if blocking else AsyncReportsClient
        made.append(Driven(kind.at(a_daybook(ENDPOINT), *credentials, **given)))
        return made[-1]

    yield make
    for client in made:
        client.close()


def statuses(client: Driven) -> list[int]:
    """How its calls were answered, in order."""
    return [call.status for call in client.exchanges]


def test_a_report_is_asked_for_waited_for_and_read(
    make: Callable[..., Driven], daybook: Daybook, tmp_path: Path
) -> None:
    done = iter(["begin", "finish"])
    taken: list[Any] = []

    def work() -> None:
        match next(done, ""):
            case "begin":
                taken.append(production.begin(daybook))
            case "finish":
                production.finish(daybook, taken[0], b"sku\tname\nA\tCr\xc3\xaape\n")

    client = make(work=work)
    looks: list[Look] = []
    result = client.wait(client.request(ALL_LISTINGS, [US]), heard=looks.append)
    assert [look.status for look in looks] == ["IN_PROGRESS"]
    assert client.rows(result) == [{"sku": "A", "name": "Crêpe"}]
    assert client.save(result, tmp_path / "file").readings[0].packed
    assert (tmp_path / "file").read_bytes() == b"sku\tname\nA\tCr\xc3\xaape\n"


def test_each_way_to_end_is_told_apart(make: Callable[..., Driven], daybook: Daybook) -> None:
    ends: list[Callable[[Any], object]] = [
        lambda report: production.finish_without_data(daybook, report),
        lambda report: production.fail(daybook, report, b'{"errorDetails": "the producer raised"}'),
        lambda report: production.fail(daybook, report),
    ]
    client = make(work=lambda: ends and ends.pop(0)(production.begin(daybook)))
    with pytest.raises(NoData):
        client.wait(client.request(ALL_LISTINGS, [US]))
    with pytest.raises(ReportFatal) as fatal:
        client.wait(client.request(ALL_LISTINGS, [US]))
    assert fatal.value.explanation == "the producer raised"
    with pytest.raises(ReportFatal) as silent:
        client.wait(client.request(ALL_LISTINGS, [US]))
    assert silent.value.evidence == "no explanation document supplied"


def test_our_own_cancellation_is_known_as_ours(make: Callable[..., Driven], daybook: Daybook) -> None:
    client = make()
    request = client.request(ALL_LISTINGS, [US])
    client.cancel_report(request.report_ids[0])
    with pytest.raises(CancelledByRequest) as cancelled:
        client.wait(request)
    assert client.exchanges[-2].request_id in cancelled.value.evidence
    with pytest.raises(Refused, match="IN_QUEUE"):
        client.cancel_report(request.report_ids[0])


@pytest.mark.requirement("R004-054", "R004-067", "R004-079", "R004-095", "R004-109", "R004-124")
@pytest.mark.parametrize(
    ("call", "calls"),
    [
        (lambda client, ids: client.get_reports([ALL_LISTINGS]), 13),
        (lambda client, ids: client.create_report(ALL_LISTINGS, [US]), 18),
        (lambda client, ids: client.get_report(ids["report"]), 40),
        (lambda client, ids: client.cancel_report(client.create_report(ALL_LISTINGS, [US])), 12),
        (lambda client, ids: client.get_report_schedules([FAULTY_LISTINGS]), 13),
        (lambda client, ids: client.create_report_schedule(FAULTY_LISTINGS, [US], "P1D"), 13),
    ],
    ids=["getReports", "createReport", "getReport", "cancelReport", "getReportSchedules", "createReportSchedule"],
)
def test_a_client_that_keeps_to_the_plans_never_sees_429(
    make: Callable[..., Driven], daybook: Daybook, call: Callable[[Driven, dict[str, str]], object], calls: int
) -> None:
    client = make()
    ids = {"report": make(application="agency").create_report(ALL_LISTINGS, [US])}
    for _ in range(calls):
        call(client, ids)
    assert 429 not in statuses(client)


@pytest.mark.requirement("R004-136", "R004-148", "R004-161")
def test_it_does_not_see_it_of_schedules_and_documents_either(make: Callable[..., Driven], daybook: Daybook) -> None:
    client, often = make(), make(application="agency")
    report_id = often.create_report(ALL_LISTINGS, [US])
    document_id = production.done(daybook, report_id)
    schedule_id = often.create_report_schedule(FAULTY_LISTINGS, [US], "P1D")
    for _ in range(12):
        client.get_report_schedule(schedule_id)
    for _ in range(18):
        client.get_report_document(document_id)
    for _ in range(12):
        with pytest.raises(NoSuchThing):
            client.cancel_report_schedule("123")
    assert 429 not in statuses(client)


@pytest.mark.requirement("R004-190")
def test_a_client_that_does_not_know_that_its_bucket_is_empty_learns_it_and_comes_through(
    make: Callable[..., Driven], daybook: Daybook
) -> None:
    """Another process of the same application has used the burst."""
    first, second = make(), make()
    for _ in range(15):
        first.create_report(ALL_LISTINGS, [US])
    second.create_report(ALL_LISTINGS, [US])
    assert statuses(second).count(429) == 1


@pytest.mark.requirement("R004-190")
def test_a_token_that_expires_in_the_middle_of_a_wait_is_replaced(
    make: Callable[..., Driven], daybook: Daybook
) -> None:
    """The client believes that its tokens live longer than they do."""

    def believed(request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        if request.url.path != "/auth/o2/token":
            return answer
        body = answer.read().replace(b'"expires_in":3600', b'"expires_in":360000')
        return httpx2.Response(200, content=body)

    client = make(answered=believed, plan=PollingPlan(first=1800, usual=1e9, longest=2000))
    request = client.request(ALL_LISTINGS, [US])
    with pytest.raises(StillWaiting):
        client.wait(request, within=9000)
    assert (statuses(client).count(403), statuses(client).count(401)) == (2, 0)


@pytest.mark.requirement("R004-236", "R004-237")
def test_a_link_that_has_expired_is_replaced(make: Callable[..., Driven], daybook: Daybook) -> None:
    client = make()
    report_id = client.create_report(ALL_LISTINGS, [US])
    link = client.get_report_document(production.done(daybook, report_id))
    daybook.clock.advance(301)
    assert b"".join(client.download(link)) == production.ROWS
    assert statuses(client)[-3:] == [403, 200, 200]


def test_a_download_that_is_cut_goes_on_where_it_was(make: Callable[..., Driven], daybook: Daybook) -> None:
    content = b"sku\tname\n" + b"A\tB\n" * 40_000
    ranges: list[str | None] = []

    def cut(request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        if not request.url.path.startswith("/documents/"):
            return answer
        ranges.append(request.headers.get("Range"))
        if len(ranges) > 1:
            return answer
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=Broken(answer.read()[:100]))

    client = make(answered=cut)
    report_id = client.create_report(ALL_LISTINGS, [US])
    production.finish(daybook, production.begin(daybook), content, "GZIP")
    assert b"".join(client.download(client.get_report(report_id))) == content
    assert ranges == [None, "bytes=100-"]


class Broken(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self):  # type: ignore[no-untyped-def]
        yield self._content
        raise httpx2.RemoteProtocolError("peer closed connection")

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        for piece in self:
            yield piece


@pytest.mark.requirement("R001-039")
def test_a_lost_answer_to_createreport_does_not_make_a_second_report(
    make: Callable[..., Driven], daybook: Daybook
) -> None:
    lost = iter([True])

    def answered(request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        if request.method == "POST" and request.url.path.endswith("/reports") and next(lost, False):
            raise httpx2.ReadTimeout("timed out")
        return answer

    client = make(answered=answered)
    report_id = client.create_report(ALL_LISTINGS, [US])
    assert [report.reportId for report in client.reports([ALL_LISTINGS])] == [report_id]


@pytest.mark.requirement("R001-039")
def test_a_wait_goes_on_after_a_restart(make: Callable[..., Driven], daybook: Daybook, tmp_path: Path) -> None:
    journal = {"journal": tmp_path / "journal", "seller_id": daybook.first}
    first = make(**journal)
    with pytest.raises(StillWaiting):
        first.wait(first.request(ALL_LISTINGS, [US]), within=60)
    second = make(work=lambda: production.finish(daybook, production.begin(daybook)), **journal)
    [request] = second.unfinished()
    assert len(second.rows(second.wait(request))) == 1
    assert len(second.reports([ALL_LISTINGS])) == 1


@pytest.mark.requirement("R001-021", "R004-284")
def test_what_a_schedule_made_is_found_by_its_schedule_and_waited_for(
    make: Callable[..., Driven], daybook: Daybook
) -> None:
    client = make(work=lambda: production.finish(daybook, production.begin(daybook, FAULTY_LISTINGS)))
    schedule_id = client.create_report_schedule(FAULTY_LISTINGS, [US], "P1D")
    assert client.get_report_schedule(schedule_id).period == "P1D"
    production.fire(daybook, timedelta(days=1))
    [made] = [one for one in client.reports([FAULTY_LISTINGS]) if one.reportScheduleId == schedule_id]
    assert client.wait(client.resume(made.reportId)).reports[0].reportScheduleId == schedule_id
    assert [one.reportScheduleId for one in client.get_report_schedules([FAULTY_LISTINGS]).reportSchedules] == [
        schedule_id
    ]
    client.cancel_report_schedule(schedule_id)
    assert client.get_report_schedules([FAULTY_LISTINGS]).reportSchedules == []


@pytest.mark.requirement("R001-023")
def test_another_sellers_report_is_missing(make: Callable[..., Driven], daybook: Daybook) -> None:
    report_id = make().create_report(ALL_LISTINGS, [US])
    with pytest.raises(NoSuchThing):
        make(application="rival", seller=daybook.second).get_report(report_id)


def test_pages_are_followed_to_the_last(make: Callable[..., Driven], daybook: Daybook) -> None:
    client = make(application="agency")
    ids = [client.create_report(ALL_LISTINGS, [US]) for _ in range(103)]
    assert sorted(report.reportId for report in client.reports([ALL_LISTINGS])) == sorted(ids)


def test_wrong_credentials_are_told(daybook: Daybook) -> None:
    client = ReportsClient.at(a_daybook(ENDPOINT), "nobody", "x", "y", transport=InProcess(daybook))
    with client, pytest.raises(AccessDenied):
        client.get_reports([ALL_LISTINGS])


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("mode", MODES)
def test_over_a_real_connection_it_is_all_the_same(mode: str, tls: bool, tmp_path: Path) -> None:
    with over_http.serve(tmp_path, tls=tls, stock=stock) as served, closing(connected(mode, served)) as client:
        result = client.wait(client.request(ALL_LISTINGS, [over_http.US]))
        assert [row["seller-sku"] for row in client.rows(result)] == ["LAMP-1", "LAMP-2"]
        assert client.save(result, tmp_path / "file").readings[0].packed
        assert sum(batch.num_rows for batch in client.batches(result)) == 2


def connected(mode: str, served: over_http.Served) -> Driven:
    """A client of that kind; when it sleeps, it wakes as soon as something has happened."""

    def sleep(seconds: float) -> None:
        served.app.store.wait(min(seconds, 0.1))

    async def asleep(seconds: float) -> None:
        await asyncio.to_thread(sleep, seconds)

    options: dict[str, Any] = {
        "verify": ssl.create_default_context(cafile=served.certificate) if served.certificate else True,
        "sleep": sleep if mode == "blocking" else asleep,
        "plan": PollingPlan(usual=1.0, first=0.1, shortest=0.1),
    }
    kind = ReportsClient if mode == "blocking" else AsyncReportsClient
    credentials = (served.client_id, served.client_secret, served.refresh_token)
    return Driven(kind.at(a_daybook(served.url), *credentials, **options))
