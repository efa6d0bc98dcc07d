"""The sandbox over HTTP, called by a client that knows nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.sandbox.practising import SELLER, SHIRT, US
from tests.sandbox.served import Sandbox, sandbox

PATH = f"/listings/2021-08-01/items/{SELLER}/A%2FB%20%C3%84"


@contextmanager
def calling(served: Sandbox, timeout: float = 30.0) -> Iterator[httpx2.Client]:
    """A client with a token."""
    with httpx2.Client(base_url=served.url, timeout=timeout, params={"marketplaceIds": US}) as http:
        form = {"grant_type": "refresh_token", "client_id": "c", "client_secret": "s"}
        got = http.post("/auth/o2/token", data={**form, "refresh_token": f"Atzr|{SELLER}"})
        http.headers["x-amz-access-token"] = got.json()["access_token"]
        yield http


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox in which nothing happens that was not asked for."""
    with sandbox(tmp_path) as running:
        yield running


def test_an_item_goes_to_and_fro(served: Sandbox) -> None:
    with calling(served) as http:
        put = http.put(PATH, json=SHIRT)
        got = http.get(PATH)
    assert (put.status_code, put.json()["status"]) == (200, "ACCEPTED")
    assert put.headers["content-type"] == "application/json"
    assert got.json()["sku"] == "A/B Ä"
    assert [line.request_id for line in served.lines()] == [one.headers["x-amzn-RequestId"] for one in (put, got)]
    assert served.lines()[0].sku == "A/B Ä"


def test_a_path_that_nothing_has_is_denied_and_written_down(served: Sandbox) -> None:
    with calling(served) as http:
        for path in ("/", "/listings/2021-08-01/items", "/favicon.ico", "/auth/o2/token/x"):
            assert http.get(path).status_code == 403
    assert [(line.path, line.operation, line.status) for line in served.lines()][1:3] == [
        ("/listings/2021-08-01/items", "", 403),
        ("/favicon.ico", "", 403),
    ]


def test_a_body_that_is_too_long_is_refused(served: Sandbox) -> None:
    with calling(served) as http:
        got = http.put(PATH, content=b"x" * (5 * 1024 * 1024 + 1), headers={"content-type": "application/json"})
    assert (got.status_code, got.json()["errors"][0]["code"]) == (413, "RequestTooLarge")
    assert served.lines()[0].status == 413


def test_half_a_body_ends_with_the_connection(tmp_path: Path) -> None:
    with sandbox(tmp_path, '[[scenario]]\nanswers = [{answer = "half", first = 1}]') as served, calling(served) as http:
        with pytest.raises(httpx2.RemoteProtocolError):
            http.put(PATH, json=SHIRT)
        assert http.put(PATH, json=SHIRT).status_code == 200
    assert [(line.sent, line.acted) for line in served.lines()] == [("half", True), ("whole", True)]


def test_nothing_is_answered_until_the_caller_hangs_up(tmp_path: Path) -> None:
    scenario = '[[scenario]]\nanswers = [{answer = "nothing", first = 1}]'
    with sandbox(tmp_path, scenario) as served, calling(served, timeout=0.2) as http:
        with pytest.raises(httpx2.ReadTimeout):
            http.put(PATH, json=SHIRT)
        http.timeout = httpx2.Timeout(30.0)
        assert http.put(PATH, json=SHIRT).status_code == 200
    assert [(line.sent, line.acted) for line in served.lines()] == [("nothing", True), ("whole", True)]
