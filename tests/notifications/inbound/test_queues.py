"""Amazon's notifications from a queue of SQS, which moto serves on loopback."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from daybook.accounts.sellers import add_seller
from daybook.app import open_app, working
from daybook.config import read_settings
from daybook.kernel.errors import Misconfigured, Unavailable
from daybook.lanes import LEASE, WorkClass
from daybook.marketplaces.amazon.queues import AmazonQueue
from daybook.notifications.inbound.events import NOBODY, InboundEvent
from daybook.notifications.inbound.followed_reports import Draft, follow
from daybook.notifications.inbound.pages import Search
from daybook.notifications.inbound.queues import QUEUE, wake_queue
from daybook.notifications.inbound.status import InboundStatus, Source
from daybook.store.store import Store
from daybook.worker.queues import queue_step
from tests.databases import let_pass
from tests.notifications.inbound.following import SELLER, US, Following
from tests.worker.watching import eventually


def finished(report_id: str = "54517018502", notification_id: str = "n-1", seller_id: str = SELLER) -> str:
    """As Amazon's model has it (ReportProcessingFinishedNotification)."""
    report = {
        "sellerId": seller_id,
        "accountId": "amzn1.merchant.o.X",
        "reportId": report_id,
        "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
        "processingStatus": "DONE",
        "reportDocumentId": "amzn1.tortuga.4.na.x",
    }
    message = {
        "notificationVersion": "2020-09-04",
        "notificationType": "REPORT_PROCESSING_FINISHED",
        "payloadVersion": "2020-09-04",
        "eventTime": "2026-11-21T12:00:00.000Z",
        "payload": {"reportProcessingFinishedNotification": report},
        "notificationMetadata": {"notificationId": notification_id, "subscriptionId": "s"},
    }
    return json.dumps(message)


def by_sns(text: str) -> str:
    return json.dumps({"Type": "Notification", "MessageId": "m", "TopicArn": "arn", "Message": text})


def by_eventbridge(text: str) -> str:
    return json.dumps({"version": "0", "id": "e", "detail-type": "x", "detail": json.loads(text)})


@dataclass
class Sqs:
    """A queue on loopback, and what a test looks at in it."""

    client: Any
    url: str

    def send(self, *texts: str) -> None:
        for text in texts:
            self.client.send_message(QueueUrl=self.url, MessageBody=text)

    def left(self) -> int:
        """Messages that are not deleted, whether they can be seen now or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return sum(int(told[name]) for name in names)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def sqs(server: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Sqs]:
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    with closing(boto3.client("sqs", region_name="us-east-1", endpoint_url=server)) as client:
        name = f"queue-{abs(hash(request.node.name))}"
        path = client.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
        yield Sqs(client, server + "/" + "/".join(path.split("/")[3:]))


@pytest.fixture
def queue(sqs: Sqs) -> Iterator[AmazonQueue]:
    with closing(AmazonQueue(sqs.url)) as opened:
        yield opened


def run(store: Store, following: Following, queue: object) -> None:
    """One step of the lane."""
    store.do(wake_queue)
    let_pass(store, 400 * 86400)
    (held,) = store.claim("a worker", WorkClass.NORMAL, [QUEUE], 1, LEASE)
    try:
        queue_step(following.store if store is following.store else store, following.ids, queue, 0)(held)  # type: ignore[arg-type]
    except Unavailable:
        store.put_back(held, 0, 0.0)
        raise


def came_in(following: Following, seller_id: str = SELLER) -> list[InboundEvent]:
    return following.store.read(lambda tx: tx.inbound_page(seller_id, Search(), None))


@pytest.mark.parametrize("wrapped", [str, by_sns, by_eventbridge, lambda text: by_sns(by_eventbridge(text))])
def test_a_notification_is_kept_however_it_is_wrapped_and_then_deleted(
    following: Following, sqs: Sqs, queue: AmazonQueue, wrapped: Any
) -> None:
    draft = Draft(SELLER, Source.AMAZON, "54517018502")
    following.store.do(lambda tx: follow(tx, tx.now, draft, "the test"))
    sqs.send(wrapped(finished()))
    run(following.store, following, queue)
    (one,) = came_in(following)
    assert (one.status, one.source, one.reading.status) == (InboundStatus.MATCHED, Source.AMAZON, "DONE")
    assert (one.reading.event_id, one.reading.subject_id) == ("n-1", "54517018502")
    assert sqs.left() == 0


def test_what_comes_twice_is_kept_once(following: Following, sqs: Sqs, queue: AmazonQueue) -> None:
    sqs.send(finished(), finished(), by_sns(finished()))
    run(following.store, following, queue)
    assert len(came_in(following)) == 1
    assert sqs.left() == 0


@pytest.mark.parametrize("text", ["no JSON", "[" * 5000, "[]", '{"a":1', "null"])
def test_a_message_that_cannot_be_read_is_kept_as_bad_and_does_not_come_again(
    following: Following, sqs: Sqs, queue: AmazonQueue, text: str
) -> None:
    sqs.send(text, finished())
    run(following.store, following, queue)
    (bad,) = came_in(following, NOBODY)
    assert bad.status is InboundStatus.BAD
    assert "The body is not" in bad.reading.description
    assert following.store.read(lambda tx: tx.inbound_body(NOBODY, bad.inbound_id)) == text
    assert len(came_in(following)) == 1
    assert sqs.left() == 0


def test_what_names_no_seller_of_ours_is_nobodys(following: Following, sqs: Sqs, queue: AmazonQueue) -> None:
    sqs.send(finished(seller_id="A9STRANGER"), '{"notificationType":"X","notificationMetadata":{}}')
    run(following.store, following, queue)
    assert came_in(following) == []
    assert {one.status for one in came_in(following, NOBODY)} == {InboundStatus.UNMATCHED, InboundStatus.KEPT}


def test_while_the_database_is_away_nothing_is_deleted(following: Following, sqs: Sqs, queue: AmazonQueue) -> None:
    sqs.send(finished())

    class Away:
        """A queue whose message finds no database."""

        def receive(self, seconds: int) -> object:
            raise_after = queue.receive(seconds)
            assert len(raise_after) == 1
            raise Unavailable("The database is away.")

    with pytest.raises(Unavailable):
        run(following.store, following, Away())
    assert sqs.left() == 1
    run(following.store, following, queue)
    assert (len(came_in(following)), sqs.left()) == (1, 0)


def test_a_worker_that_dies_before_it_deletes_leaves_a_message_that_changes_nothing(
    following: Following, sqs: Sqs, queue: AmazonQueue
) -> None:
    sqs.send(finished())

    class Dies:
        """Keeps, and does not come to delete."""

        receive = queue.receive

        def delete(self, message: object) -> None:
            raise Unavailable("The worker has died.")

    with pytest.raises(Unavailable):
        run(following.store, following, Dies())
    assert (len(came_in(following)), sqs.left()) == (1, 1)
    run(following.store, following, queue)
    assert (len(came_in(following)), sqs.left()) == (1, 0)


def test_a_queue_that_is_away_or_is_none_is_told(sqs: Sqs, following: Following) -> None:
    for url in ("http://127.0.0.1:1/123456789012/queue", sqs.url + "-of-nobody"):
        with closing(AmazonQueue(url)) as queue, pytest.raises(Unavailable, match="cannot be read"):
            run(following.store, following, queue)


def test_a_worker_reads_the_queue_that_the_setting_names(sqs: Sqs, tmp_path: Path) -> None:
    settings = read_settings({"DAYBOOK_AMAZON_QUEUE": sqs.url}, data=tmp_path / "data")
    with open_app(settings, schema="migrate") as app:
        app.store.do(lambda tx: add_seller(tx, tx.now, SELLER, SELLER, (US,)))
        sqs.send(finished())
        with working(app, "a worker"):
            eventually(lambda: sqs.left() == 0)
        (one,) = app.store.read(lambda tx: tx.inbound_page(SELLER, Search(), None))
        assert one.reading.event_id == "n-1"
    with pytest.raises(Misconfigured, match="DAYBOOK_AMAZON_QUEUE"):
        read_settings({"DAYBOOK_AMAZON_QUEUE": "my-queue"})
