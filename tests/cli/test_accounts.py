"""`daybook accounts`."""

import pytest

from tests.cli.typing_in import Shop, Terminal

US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"


def test_the_first_seller_makes_the_database_too(nowhere: Terminal) -> None:
    nowhere.done("accounts", "add", "--seller", "A1", "--name", "First", "--marketplace", "US")
    assert [one["sellerId"] for one in nowhere.json("accounts", "list")] == ["A1"]


def test_reading_from_a_folder_without_a_database_makes_nothing_and_says_how_to_begin(nowhere: Terminal) -> None:
    ran = nowhere("accounts", "list")
    assert (ran.code, ran.out) == (1, "")
    assert str(nowhere.data) in ran.err
    assert "daybook serve" in ran.err
    assert not nowhere.data.exists()


@pytest.mark.parametrize("marketplaces", [("US", "CA"), ("us,ca",), (US, CA), (f"{US},CA", "US")])
def test_marketplaces_are_countries_or_ids_repeated_or_joined(
    terminal: Terminal, marketplaces: tuple[str, ...]
) -> None:
    words = [word for name in marketplaces for word in ("--marketplace", name)]
    added = terminal.json("accounts", "add", "--seller", "A1", "--name", "First", *words)
    assert added["marketplaceIds"] == [US, CA]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--seller", "A B", "--name", "Odd", "--marketplace", "US"), "'A B' cannot be a seller id."),
        (("--seller", "A2", "--name", "Nowhere"), "Missing option '--marketplace'."),
        (("--seller", "A2", "--name", "Far", "--marketplace", "XX"), "'XX' is no marketplace."),
    ],
)
def test_a_seller_that_cannot_be_is_a_fault_of_the_command_line(shop: Shop, words: tuple[str, ...], told: str) -> None:
    ran = shop.terminal("accounts", "add", *words, "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", "InvalidInput")
    assert told in ran.error["message"]


def test_an_id_that_is_taken_is_refused(shop: Shop) -> None:
    ran = shop.terminal("accounts", "add", "--seller", "A1SHOP", "--name", "Again", "--marketplace", "US")
    assert (ran.code, ran.out) == (1, "")
    assert "exists already" in ran.err


def test_a_seller_is_shown_with_its_items_and_applications(shop: Shop) -> None:
    told = shop.terminal.json("accounts", "show", "A1SHOP")
    assert told["items"] == {CA: 0, US: 3}
    assert [one["name"] for one in told["applications"]] == ["books"]
    shown = shop.terminal.done("accounts", "show", "A1SHOP").out
    assert "Items, US    3" in shown
    assert "The [shop]" in shown


def test_a_revoked_application_acts_for_nobody(shop: Shop) -> None:
    shop.terminal.done("apps", "revoke", "books")
    assert shop.terminal.json("accounts", "show", "A1SHOP")["applications"] == []


def test_names_are_shown_as_they_are_and_never_read_as_markup(shop: Shop) -> None:
    assert "The [shop]" in shop.terminal.done("accounts", "list").out
