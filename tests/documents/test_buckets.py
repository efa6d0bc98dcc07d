"""What holds of buckets alone."""

import socket
from uuid import uuid4

import pytest

from daybook.documents.objects import Objects
from daybook.kernel.errors import Unavailable
from tests.documents.bucket import CREDENTIALS, Bucket
from tests.documents.test_objects import NAME, PARTS, give_up, put


def test_a_prefix_keeps_two_stores_in_one_bucket_apart(bucket: Bucket) -> None:
    one, other = uuid4().hex, uuid4().hex
    put(bucket.objects(one), NAME, b"x")
    assert bucket.keys(one) == [f"{one}/{NAME}"]
    assert bucket.keys(other) == []


def test_an_upload_that_ends_or_is_given_up_leaves_no_parts_behind(bucket: Bucket) -> None:
    prefix = uuid4().hex
    put(bucket.objects(prefix), NAME, *PARTS)
    with pytest.raises(KeyError):
        give_up(bucket.objects(prefix).writer(f"{NAME}-2"), PARTS)
    assert bucket.keys(prefix) == [f"{prefix}/{NAME}"]
    assert bucket.uploads(prefix) == []


def test_a_bucket_that_does_not_exist_is_told_by_every_call(bucket: Bucket) -> None:
    objects = Objects.open("s3://nowhere", bucket.options)
    for ask in (
        objects.check,
        lambda: objects.size(NAME),
        lambda: list(objects.read(NAME, 0, 1)),
        lambda: put(objects, NAME, b"x"),
        lambda: put(objects, NAME, *PARTS),
    ):
        with pytest.raises(Unavailable, match="s3://nowhere") as told:
            ask()
        assert "DAYBOOK_DOCUMENTS_URL" in told.value.details


def test_a_server_that_does_not_answer_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unavailable, match="s3://documents cannot be reached"):
        Objects.open("s3://documents", {"endpoint": endpoint, **CREDENTIALS}).check()
