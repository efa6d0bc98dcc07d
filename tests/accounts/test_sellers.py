"""Sellers, and the marketplaces that they sell on."""

import re

import pytest

from daybook.accounts.marketplaces import MARKETPLACES, country, currency, marketplace_id
from daybook.accounts.sellers import add_seller, find_seller
from daybook.kernel.errors import Conflict, InvalidInput, NotFound
from daybook.store.store import Store

US, CA = MARKETPLACES["US"], MARKETPLACES["CA"]


def test_a_seller_is_found_with_its_marketplaces_each_once(store: Store) -> None:
    with store.transaction() as tx:
        add_seller(tx, tx.now, "A1.b_c-D", "A shop", (US, CA, US))
    with store.reading() as tx:
        found = find_seller(tx, "A1.b_c-D")
    assert (found.name, sorted(found.marketplace_ids)) == ("A shop", sorted((US, CA)))


def test_a_taken_id_is_refused_and_the_seller_stays(store: Store) -> None:
    with store.transaction() as tx:
        add_seller(tx, tx.now, "A1", "The first", (US,))
    with pytest.raises(Conflict, match="A1 exists already"), store.transaction() as tx:
        add_seller(tx, tx.now, "A1", "Another", (CA,))
    with store.reading() as tx:
        assert find_seller(tx, "A1").name == "The first"


@pytest.mark.parametrize("id", ["", " ", "a b", "a/b", "é", "a,b", "A" * 65, "\0"])
def test_what_cannot_be_an_id_is_refused(store: Store, id: str) -> None:
    with store.transaction() as tx, pytest.raises(InvalidInput, match="cannot be a seller id"):
        add_seller(tx, tx.now, id, "A shop", (US,))


def test_a_seller_without_a_marketplace_is_refused(store: Store) -> None:
    with store.transaction() as tx, pytest.raises(InvalidInput, match="at least one marketplace"):
        add_seller(tx, tx.now, "A1", "A shop", ())


def test_an_unknown_seller_is_not_found_and_the_cure_is_named(store: Store) -> None:
    with store.reading() as tx, pytest.raises(NotFound) as refused:
        find_seller(tx, "A1")
    assert "daybook accounts list" in refused.value.details


# Marketplaces


@pytest.mark.parametrize(("name", "id"), [("US", US), ("us", US), ("uk", "A1F83G8C2ARO7P"), (US, US)])
def test_a_marketplace_is_named_by_its_country_or_its_id(name: str, id: str) -> None:
    assert marketplace_id(name) == id


@pytest.mark.parametrize("name", ["", "GB", "USA", US.lower(), "A" * 14])
def test_what_is_no_marketplace_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        marketplace_id(name)
    assert "US" in refused.value.details


def test_there_are_twenty_three_marketplaces_each_with_an_id_and_a_currency() -> None:
    assert len(set(MARKETPLACES.values())) == len(MARKETPLACES) == 23
    assert [id for id in MARKETPLACES.values() if not re.fullmatch(r"A[A-Z0-9]{11,14}", id)] == []
    assert [id for id in MARKETPLACES.values() if not re.fullmatch(r"[A-Z]{3}", currency(id))] == []


def test_a_marketplace_that_is_not_amazons_is_its_own_name_and_has_no_currency() -> None:
    assert (country(US), country("SHOP")) == ("US", "SHOP")
    assert currency("SHOP") == ""
