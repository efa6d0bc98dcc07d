"""`daybook apps`."""

import csv
import io
import json

import pytest

from daybook.accounts.applications import hashed
from daybook.api import scenarios
from daybook.api.openapi import DESCRIBED
from tests.cli.typing_in import Shop, Terminal


def holds(terminal: Terminal, client_id: str, refresh_token: str) -> str | None:
    """The seller for whom the refresh token is good."""
    with terminal.store() as store, store.reading() as tx:
        found = tx.authorisation_by_refresh(client_id, hashed(refresh_token))
    return found.seller_id if found and found.revoked_at is None else None


def test_credentials_are_printed_once_and_are_good(shop: Shop) -> None:
    assert holds(shop.terminal, shop.client_id, shop.refresh_token) == "A1SHOP"
    listed = (
        shop.terminal.done("apps", "list", "--json").out + shop.terminal.done("apps", "show", "books", "--json").out
    )
    assert shop.client_id in listed
    assert shop.client_secret not in listed
    assert shop.refresh_token not in listed


def test_people_get_the_credentials_in_lines_to_copy(terminal: Terminal) -> None:
    ran = terminal.done("apps", "create", "--name", "plain")
    assert [line.split()[0] for line in ran.out.splitlines()] == ["client_id", "client_secret"]
    assert "shown this once" in ran.err


def test_an_application_of_several_sellers_gets_a_token_for_each(shop: Shop) -> None:
    shop.terminal.done("accounts", "add", "--seller", "A2", "--name", "Second", "--marketplace", "DE")
    made = shop.terminal.json("apps", "create", "--name", "both", "--seller", "A1SHOP", "--seller", "A2")
    assert "refreshToken" not in made
    assert [one["sellerId"] for one in made["authorisations"]] == ["A1SHOP", "A2"]
    for one in made["authorisations"]:
        assert holds(shop.terminal, made["clientId"], one["refreshToken"]) == one["sellerId"]


def test_an_unknown_seller_leaves_no_application_behind(shop: Shop) -> None:
    assert shop.terminal("apps", "create", "--name", "new", "--seller", "A1SHOP", "--seller", "NOBODY").code == 1
    assert [one["name"] for one in shop.terminal.json("apps", "list")] == ["books"]


def test_an_operators_application_has_no_sellers(terminal: Terminal) -> None:
    made = terminal.json("apps", "create", "--name", "me", "--scope", "operator")
    assert (made["scope"], made["authorisations"]) == ("operator", [])


def test_authorising_again_ends_the_earlier_token(shop: Shop) -> None:
    token = shop.terminal.json("apps", "authorize", "books", "--seller", "A1SHOP")["refreshToken"]
    assert holds(shop.terminal, shop.client_id, token) == "A1SHOP"
    assert holds(shop.terminal, shop.client_id, shop.refresh_token) is None


def many(terminal: Terminal, sellers: int) -> None:
    for number in range(sellers):
        terminal.done("accounts", "add", "--seller", f"S{number}", "--name", "One", "--marketplace", "US")


FILE = "seller_id,note\nS0,a\nNOBODY,b\n\nS1,c\nS0,again\n"


def test_a_file_of_sellers_gives_a_token_each_and_a_wrong_row_is_named(shop: Shop) -> None:
    many(shop.terminal, 2)
    ran = shop.terminal("apps", "authorize", "books", "--file", shop.terminal.write("sellers.csv", FILE))
    assert ran.code == 1
    rows = list(csv.reader(io.StringIO(ran.out)))
    assert rows[0] == ["seller_id", "refresh_token"]
    assert [seller for seller, _ in rows[1:]] == ["S0", "S1"]
    for seller, token in rows[1:]:
        assert holds(shop.terminal, shop.client_id, token) == seller
    assert "line 3, 'NOBODY': There is no seller NOBODY." in ran.err
    assert "line 6, 'S0': this seller came already, on line 2." in ran.err


def test_a_file_of_sellers_in_json_is_a_line_for_each(shop: Shop) -> None:
    many(shop.terminal, 2)
    ran = shop.terminal("apps", "authorize", "books", "--json", "--file", shop.terminal.write("sellers.csv", FILE))
    told = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["sellerId"] for one in told] == ["S0", "S1"]
    assert {json.loads(line)["error"]["code"] for line in ran.err.splitlines()} == {"NotFound", "Conflict"}


@pytest.mark.parametrize(
    ("content", "told"), [(b"S0\n\xff\xfe\n", "not UTF-8"), (b"S\x000\n", "NUL"), (None, "cannot be read")]
)
def test_a_file_that_cannot_be_read_is_refused(shop: Shop, content: bytes | None, told: str) -> None:
    file = shop.terminal.folder / "none.csv" if content is None else shop.terminal.write("sellers.csv", content)
    ran = shop.terminal("apps", "authorize", "books", "--file", file)
    assert ran.code == 1
    assert told in ran.err


@pytest.mark.parametrize("words", [(), ("--seller", "A1SHOP", "--file", "f")])
def test_authorising_needs_a_seller_or_a_file(shop: Shop, words: tuple[str, ...]) -> None:
    assert shop.terminal("apps", "authorize", "books", *words).code == 2


def test_revoking_one_seller_leaves_the_others(shop: Shop) -> None:
    many(shop.terminal, 1)
    token = shop.terminal.json("apps", "authorize", "books", "--seller", "S0")["refreshToken"]
    shop.terminal.done("apps", "revoke", "books", "--seller", "A1SHOP")
    assert holds(shop.terminal, shop.client_id, shop.refresh_token) is None
    assert holds(shop.terminal, shop.client_id, token) == "S0"


def test_a_revoked_application_says_since_when_and_cannot_be_revoked_again(shop: Shop) -> None:
    shop.terminal.done("apps", "revoke", "books")
    assert shop.terminal.json("apps", "show", "books")["revokedAt"] is not None
    assert "revoked 20" in shop.terminal.done("apps", "list").out
    assert "nothing that could be revoked" in shop.terminal("apps", "revoke", "books").err


def plan_of(terminal: Terminal, operation: str) -> list[dict[str, object]]:
    told: list[dict[str, object]] = terminal.json("apps", "usage-plan", "books", operation)
    return told


def test_the_plans_are_the_documented_ones_until_they_are_set(shop: Shop) -> None:
    told = shop.terminal.json("apps", "usage-plan", "books")
    assert {"operation": "getReport", "sellerId": None, "rate": 2.0, "burst": 15, "default": True} in told
    assert {one["operation"] for one in told} >= {"createReport", "getReports", "getReportDocument"}


def test_every_operation_that_a_seller_may_call_has_a_plan_that_can_be_set(shop: Shop) -> None:
    told = shop.terminal.json("apps", "usage-plan", "books")
    operators = {operation.name for operation in scenarios.OPERATIONS}
    assert {one["operation"] for one in told} == {operation.name for operation in DESCRIBED} - operators
    shop.terminal.done("apps", "usage-plan", "books", "listenEvents", "--rate", "5", "--burst", "50")
    assert plan_of(shop.terminal, "listenEvents")[0]["burst"] == 50


def test_a_plan_is_set_for_all_sellers_or_for_one(shop: Shop) -> None:
    shop.terminal.done("apps", "usage-plan", "books", "createreport", "--rate", "5", "--burst", "50")
    words = ("--rate", "7.5", "--burst", "9", "--seller", "A1SHOP")
    shop.terminal.done("apps", "usage-plan", "books", "createReport", *words)
    assert plan_of(shop.terminal, "createReport") == [
        {"operation": "createReport", "sellerId": None, "rate": 5.0, "burst": 50, "default": False},
        {"operation": "createReport", "sellerId": "A1SHOP", "rate": 7.5, "burst": 9, "default": False},
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("createReprot", "--rate", "1", "--burst", "1"), "Did you mean createReport?"),
        (("createReport", "--rate", "1"), "both a rate and a burst"),
        (("--rate", "1", "--burst", "1"), "Which operation"),
        (("createReport", "--rate", "0", "--burst", "1"), "a rate above 0"),
        (("createReport", "--rate", "1e-320", "--burst", "1"), "a rate above 0"),
        (("createReport", "--rate", "1", "--burst", "9" * 20), "neither beyond a million"),
        (("createReport", "--rate", "1", "--burst", "1", "--seller", "OTHER"), "has not authorised"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(shop: Shop, words: tuple[str, ...], told: str) -> None:
    ran = shop.terminal("apps", "usage-plan", "books", *words)
    assert ran.code == 1
    assert told in ran.err


def test_whether_the_rules_of_report_types_bind_an_application_is_shown_and_changed(shop: Shop) -> None:
    assert shop.terminal.done("apps", "rules", "books").out.startswith("strict: ")
    assert shop.terminal.json("apps", "rules", "books", "--lenient")["lenient"]
    assert shop.terminal.done("apps", "rules", "books").out.startswith("lenient: ")
    assert "lenient: " in shop.terminal.done("apps", "show", "books").out
    assert not shop.terminal.json("apps", "rules", "books", "--strict")["lenient"]
    assert shop.terminal("apps", "rules", "nobody", "--lenient").code == 1


def test_an_application_is_created_lenient(shop: Shop) -> None:
    assert shop.terminal.json("apps", "create", "--name", "importer", "--lenient")["lenient"]
    assert [one["lenient"] for one in shop.terminal.json("apps", "list")] == [False, True]
