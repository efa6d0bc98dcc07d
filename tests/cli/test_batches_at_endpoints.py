"""`daybook batches` at a Daybook elsewhere: submitted, followed, reported and steered by a profile."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.cli.running import running
from tests.cli.typing_in import Shop, Terminal

THERE = ("--profile", "shop")
ANOTHER = ("--profile", "another")
PRICES = "sku;price\n00012;12,50\nCUP;x\nMUG;9.99\n"


class Served(NamedTuple):
    """A server's operator, and a user elsewhere with a profile for each of two sellers."""

    operator: Terminal
    user: Terminal


@pytest.fixture(scope="module")
def served(shop_template: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("batches")
    shop = shop_template.copied(folder / "data")
    shop.terminal.done("accounts", "add", "--seller", "A2", "--name", "Second", "--marketplace", "US")
    second = shop.terminal.json("apps", "authorize", "books", "--seller", "A2")["refreshToken"]
    with running(shop.terminal.data, "serve", "--port", "0", "--json") as server:
        url = server.json()["url"]
        user = Terminal(folder / "nothing", {"DAYBOOK_PROFILES": str(folder / "profiles.toml")})
        for name, seller, token in (("shop", "A1SHOP", shop.refresh_token), ("another", "A2", second)):
            having = user.having(DAYBOOK_CLIENT_SECRET=shop.client_secret, DAYBOOK_REFRESH_TOKEN=token)
            having.done("profiles", "add", name, "--endpoint", url, "--client-id", shop.client_id, "--seller", seller)
        yield Served(shop.terminal, user)


def test_a_file_is_submitted_followed_reported_and_cancelled_there(served: Served) -> None:
    user, file = served.user, served.user.write("prices.csv", PRICES)
    sent = user("batches", "submit", file, *THERE, "--operation", "set_price", "--marketplace", "US", "--key", "k")
    again = user("batches", "submit", file, *THERE, "--operation", "set_price", "--marketplace", "US", "--key", "k")
    [batch] = user.json("batches", "list", *THERE)
    batch_id = batch["batchId"]

    assert (sent.code, "2 to send, 0 held by the price guard, 1 refused." in sent.out) == (1, True)
    assert f"daybook batches wait {batch_id} --profile shop" in sent.out
    assert f"it is batch {batch_id}, and nothing new was made" in again.out
    here = served.operator.json("batches", "show", batch_id, "--seller", "A1SHOP")
    there = user.json("batches", "show", batch_id, *THERE)
    assert here.keys() == there.keys()
    assert {name: here[name] for name in here if name != "outlook"} == {
        name: there[name] for name in there if name != "outlook"
    }
    assert user("batches", "wait", batch_id, *THERE, "--timeout", "0").code == 5
    failed = user.done("batches", "report", batch_id, *THERE, "--failed", "--output", "-")
    assert "NotAPrice" in failed.out
    assert user.json("batches", "cancel", batch_id, *THERE) == {"moved": 2, "left": 0}
    ended = user("batches", "wait", batch_id, *THERE)
    assert (ended.code, "CancelledByUser" in ended.out) == (1, True)


@pytest.mark.parametrize("action", ["show", "wait", "approve", "cancel", "retry", "undo", "pause", "resume", "report"])
def test_another_sellers_batch_is_none_there(served: Served, action: str) -> None:
    file = served.user.write("prices.csv", PRICES)
    told = served.user("batches", "submit", file, *THERE, "--operation", "set_price", "--marketplace", "US", "--json")
    tried = served.user("batches", action, told.json["batchId"], *ANOTHER)
    assert tried.code == 1
    assert "There is no such batch." in tried.err


def test_guards_are_set_and_sending_is_stopped_there(served: Served) -> None:
    user = served.user
    assert user.json("batches", "guard", *THERE, "--currency", "usd", "--floor", "5")[0]["floor"] == "5"
    assert served.operator.json("batches", "guard", "--seller", "A1SHOP")[0]["currency"] == "USD"
    assert user.json("batches", "guard", *THERE, "--currency", "usd", "--remove") == []
    assert "Nothing more is sent" in user.done("batches", "stop", *THERE).out
    assert "stopped already" in served.operator.done("batches", "stop", "--seller", "A1SHOP").out
    assert "Sending goes on." in user.done("batches", "go", *THERE).out
    assert user("batches", "guard", *THERE, "--floor", "x").code == 1


def test_amazon_has_no_batches(served: Served) -> None:
    told = served.user("batches", "list", "--endpoint", "eu")
    assert (told.code, "Batches are a Daybook's." in told.err) == (1, True)
