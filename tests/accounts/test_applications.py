"""Applications and what sellers let them do. How their tokens work on the wire is in tests/api/test_tokens.py."""

import pytest

from daybook.accounts.applications import (
    Scope,
    authorise,
    create_application,
    find_application,
    hashed,
    revoke,
    set_lenient,
)
from daybook.accounts.marketplaces import MARKETPLACES
from daybook.accounts.sellers import add_seller
from daybook.accounts.tokens import GrantRefused, grant
from daybook.kernel.errors import Conflict, InvalidInput, NotFound
from daybook.kernel.ids import Ids
from daybook.store.store import Store

IDS = Ids()
SELLERS = ("A1", "A2", "A3")


@pytest.fixture
def sold(store: Store) -> Store:
    """A store with sellers."""
    with store.transaction() as tx:
        for seller_id in SELLERS:
            add_seller(tx, tx.now, seller_id, seller_id, (MARKETPLACES["US"],))
    return store


def create(store: Store, name: str = "a program", scope: Scope = Scope.SELLER) -> tuple[str, str]:
    """Client id and secret of a new application."""
    with store.transaction() as tx:
        application, secret = create_application(tx, tx.now, IDS, name, scope)
    return application.client_id, secret


def refreshed(store: Store, client_id: str, secret: str, refresh_token: str) -> str:
    """An access token."""
    form = {"grant_type": "refresh_token", "client_id": client_id, "client_secret": secret}
    with store.transaction() as tx:
        return grant(tx, tx.now, IDS, form | {"refresh_token": refresh_token})[0]


def test_an_application_is_found_by_its_name_and_by_its_client_id(sold: Store) -> None:
    client_id, _ = create(sold)
    with sold.reading() as tx:
        assert find_application(tx, "a program") == find_application(tx, client_id)


def test_a_taken_name_is_refused(sold: Store) -> None:
    create(sold)
    with pytest.raises(Conflict, match="exists already"):
        create(sold)


@pytest.mark.parametrize("name", ["", "  "])
def test_an_application_needs_a_name(sold: Store, name: str) -> None:
    with pytest.raises(InvalidInput, match="needs a name"):
        create(sold, name)


def test_no_secret_is_kept_as_it_is(sold: Store) -> None:
    client_id, secret = create(sold)
    with sold.transaction() as tx:
        refresh_token = authorise(tx, tx.now, IDS, client_id, "A1")
    access_token = refreshed(sold, client_id, secret, refresh_token)
    with sold.reading() as tx:
        tables = ("application", "authorisation", "access_token", "event")
        rows = [tuple(row) for name in tables for row in tx.connection.exec_driver_sql(f"SELECT * FROM {name}")]
    kept = repr(rows)
    for shown in (secret, refresh_token, access_token):
        assert shown not in kept
        assert shown.partition("|")[2] not in kept or "|" not in shown
    assert all(hashed(shown) in kept for shown in (secret, refresh_token, access_token))


def test_one_application_acts_for_many_sellers_with_a_refresh_token_for_each(sold: Store) -> None:
    client_id, secret = create(sold)
    with sold.transaction() as tx:
        tokens = {seller_id: authorise(tx, tx.now, IDS, client_id, seller_id) for seller_id in SELLERS}
    assert len(set(tokens.values())) == 3
    for seller_id, refresh_token in tokens.items():
        access_token = refreshed(sold, client_id, secret, refresh_token)
        with sold.reading() as tx:
            admission = tx.admission(hashed(access_token), "getReport")
        assert admission is not None
        assert (admission.seller_id, admission.client_id) == (seller_id, client_id)


def test_authorising_again_leaves_one_refresh_token(sold: Store) -> None:
    client_id, secret = create(sold)
    with sold.transaction() as tx:
        old, new = (authorise(tx, tx.now, IDS, client_id, "A1") for _ in range(2))
    assert refreshed(sold, client_id, secret, new)
    with pytest.raises(GrantRefused):
        refreshed(sold, client_id, secret, old)
    with sold.reading() as tx:
        assert [each.revoked_at is None for each in tx.authorisations(client_id)].count(True) == 1


def test_an_unknown_application_or_seller_is_not_found(sold: Store) -> None:
    client_id, _ = create(sold)
    for application, seller_id in ((client_id, "A9"), ("nobody", "A1")):
        with sold.transaction() as tx, pytest.raises(NotFound):
            authorise(tx, tx.now, IDS, application, seller_id)


def test_an_operators_application_acts_for_nobody(sold: Store) -> None:
    create(sold, "the operator's", Scope.OPERATOR)
    with sold.transaction() as tx, pytest.raises(InvalidInput, match="scope operator"):
        authorise(tx, tx.now, IDS, "the operator's", "A1")


def test_what_was_never_there_or_was_revoked_already_cannot_be_revoked(sold: Store) -> None:
    client_id, _ = create(sold)
    with sold.transaction() as tx:
        with pytest.raises(NotFound, match="could be revoked"):
            revoke(tx, tx.now, client_id, "A1")
        revoke(tx, tx.now, client_id, None)
        with pytest.raises(NotFound, match="could be revoked"):
            revoke(tx, tx.now, client_id, None)


def test_an_application_is_strict_until_it_is_lenient_and_may_be_strict_again(sold: Store) -> None:
    client_id, _ = create(sold)
    told = []
    for lenient in (None, True, False):
        with sold.transaction() as tx:
            if lenient is not None:
                assert set_lenient(tx, "a program", lenient=lenient).lenient is lenient
            told.append((find_application(tx, client_id).lenient, tx.lenient(client_id), tx.lenient("nobody")))
    assert told == [(False, False, False), (True, True, False), (False, False, False)]


def test_an_application_may_be_lenient_from_the_first(sold: Store) -> None:
    with sold.transaction() as tx:
        made, _ = create_application(tx, tx.now, IDS, "a lenient one", lenient=True)
        assert (made.lenient, tx.lenient(made.client_id)) == (True, True)


def test_only_an_application_that_is_there_can_be_lenient(sold: Store) -> None:
    with sold.transaction() as tx, pytest.raises(NotFound):
        set_lenient(tx, "nobody", lenient=True)
