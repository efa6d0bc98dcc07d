"""`daybook inbound` and `daybook followed`."""

import json
from pathlib import Path

import pytest

from daybook.kernel.ids import Ids
from daybook.notifications.inbound.events import Arrival, receive
from daybook.notifications.inbound.reading import read
from daybook.notifications.inbound.receivers import called
from daybook.notifications.inbound.status import FollowedStatus, Source
from tests.api.receiving import FIRST, REQUEST, SECOND, WORDS
from tests.cli.typing_in import Shop
from tests.marketplaces.walmart.server import CLIENT, served

OF = ("--seller", "A1SHOP")
WALMART = ("--from", "walmart", *OF)


def bring(shop: Shop, *bodies: bytes) -> None:
    """They come in."""
    with shop.terminal.store() as store:
        for body in bodies:
            reading, arrival = read(body, {}), Arrival("A1SHOP", Source.WALMART, "a receiver")
            store.do(lambda tx, r=reading, a=arrival, b=body: receive(tx, tx.now, Ids(), a, r, b))  # type: ignore[misc]


def test_a_receivers_url_is_shown_once(shop: Shop) -> None:
    told = shop.terminal.having(DAYBOOK_PUBLIC_URL="https://shop.example").json("inbound", "add", *OF, "--name", "w")
    assert told["url"].startswith("https://shop.example/inbound/walmart/inb_")
    with shop.terminal.store() as store:
        found = store.read(lambda tx: called(tx, Source.WALMART, told["url"].rpartition("/")[2]))
    assert found.receiver_id == told["receiverId"]
    listed = shop.terminal.done("inbound", "receivers")
    assert told["receiverId"] in listed.out
    assert "inb_" not in listed.out
    assert shop.terminal.done("inbound", "remove", told["receiverId"], *OF).out.endswith("is removed.\n")
    assert shop.terminal.json("inbound", "receivers") == []


def test_a_proof_is_read_from_a_file(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "auth.json"
    file.write_text(json.dumps({"authMethod": "OAUTH", "clientId": "c", "clientSecret": "s"}))
    told = shop.terminal.json("inbound", "add", *OF, "--auth", file)
    assert told["authUrl"] == told["url"] + "/token"
    (one,) = shop.terminal.json("inbound", "receivers", *OF)
    assert (one["authMethod"], "url" in one) == ("OAUTH", False)
    file.write_text("[]")
    assert shop.terminal("inbound", "add", *OF, "--auth", file).code == 1


def test_what_came_in_is_listed_and_shown(shop: Shop) -> None:
    bring(shop, FIRST, SECOND)
    shown = shop.terminal.done("inbound", "list", *OF, "--status", "UNMATCHED", "--report", REQUEST).out
    assert shown.count(REQUEST) == 2
    assert WORDS in shown
    told = shop.terminal.json("inbound", "list", *OF)
    assert {one["reportStatus"] for one in told} == {"READY", "ERROR"}
    ready = next(one for one in told if one["reportStatus"] == "READY")
    assert shop.terminal.json("inbound", "show", ready["inboundId"], *OF)["body"] == FIRST.decode()
    assert "nobody follows" in shop.terminal.done("inbound", "show", ready["inboundId"], *OF).out
    assert shop.terminal.json("inbound", "list") == []
    assert shop.terminal("inbound", "show", "1", *OF).code == 1
    assert shop.terminal("inbound", "list", "--seller", "NOBODY").code == 1


def test_a_report_is_followed_and_shown(shop: Shop) -> None:
    made = shop.terminal.done("followed", "add", REQUEST, *WALMART, "--report-type", "ITEM")
    assert made.out == f"Report {REQUEST} at walmart is followed: WAITING.\n"
    assert "No credentials of A1SHOP at walmart are set, so nothing is asked there." in made.err
    bring(shop, FIRST)
    whole = shop.terminal.json("followed", "show", REQUEST, *WALMART)
    assert (whole["status"], [one["status"] for one in whole["inbound"]]) == ("WAITING", ["MATCHED"])
    assert whole["notAsked"].endswith("Set them in DAYBOOK_WALMART, here and where the worker runs (docs/settings.md).")
    assert "Not asked" in shop.terminal.done("followed", "show", REQUEST, *WALMART).out
    assert "Set them in DAYBOOK_WALMART" in shop.terminal.done("followed", "list", *OF).err
    assert "READY" in shop.terminal.done("followed", "show", REQUEST, *WALMART).out
    assert [one["reportId"] for one in shop.terminal.json("followed", "list", *OF, "--status", "WAITING")] == [REQUEST]
    assert "There are no such reports." in shop.terminal.done("followed", "list", *OF, "--status", "READY").out
    ran = shop.terminal("followed", "link", REQUEST, *WALMART)
    assert (ran.code, f"Report {REQUEST} is WAITING." in ran.err) == (1, True)


@pytest.mark.requirement("R002-022")
def test_a_report_that_is_ready_can_be_downloaded(shop: Shop) -> None:
    with served() as walmart:
        walmart.put(REQUEST, "READY")
        told = json.dumps({"endpoint": walmart.url, "credentials": {"A1SHOP": CLIENT}})
        terminal = shop.terminal.having(DAYBOOK_WALMART=told)
        assert "No credentials" not in terminal.done("followed", "add", REQUEST, *WALMART).err
        assert terminal.json("followed", "show", REQUEST, *WALMART)["notAsked"] is None
        assert terminal.done("followed", "list", *OF).err == ""
        with shop.terminal.store() as store:
            found = store.read(lambda tx: tx.followed_report("A1SHOP", Source.WALMART, REQUEST))
            assert found is not None
            ended = {"status": FollowedStatus.READY, "ended_at": found.created_at, "next_look_at": None}
            assert store.do(lambda tx: tx.change_followed_report(found, **ended))
        url = f"https://download.example/{REQUEST}"
        assert terminal.done("followed", "link", REQUEST, *WALMART).out == f"{url}\n"
        assert terminal.json("followed", "link", REQUEST, *WALMART) == {"url": url, "until": "2026-11-22T00:00:00Z"}
