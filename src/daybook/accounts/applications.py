"""Applications: programs with a client id and a secret, authorised by one seller or by hundreds."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from daybook.accounts.ports import AccountsPort
from daybook.accounts.sellers import find_seller
from daybook.kernel.errors import Conflict, InvalidInput, NotFound
from daybook.kernel.ids import Ids

REFRESH_PREFIX = "Atzr|"
SECRET_PREFIX = "amzn1.oa2-cs.v1."  # noqa: S105  a prefix, not a secret


class Scope(StrEnum):
    """What an application may reach."""

    SELLER = "seller"  # the data of the sellers that authorised it
    OPERATOR = "operator"  # accounts and everything that belongs to the operator


@dataclass(frozen=True, slots=True)
class Application:
    """A program that calls the API. A lenient one is warned where a report type's rules refuse others."""

    client_id: str
    name: str
    scope: Scope
    created_at: datetime
    revoked_at: datetime | None = None
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Authorisation:
    """A seller's leave for an application to act for it."""

    authorisation_id: str
    client_id: str
    seller_id: str
    created_at: datetime
    revoked_at: datetime | None = None


def hashed(secret: str) -> str:
    """A secret as it is kept. It holds 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_application(
    tx: AccountsPort, now: datetime, ids: Ids, name: str, scope: Scope = Scope.SELLER, *, lenient: bool = False
) -> tuple[Application, str]:
    """A new application and its secret, which is shown this once. Raises Conflict where the name is taken."""
    if not name.strip():
        raise InvalidInput("An application needs a name.")
    if tx.application(name) is not None:
        raise Conflict(f"An application named {name} exists already.", "Choose another name.")
    application = Application(ids.client(), name, scope, now, lenient=lenient)
    secret = ids.secret(SECRET_PREFIX)
    tx.add_application(application, hashed(secret))
    return application, secret


def find_application(tx: AccountsPort, client_id_or_name: str) -> Application:
    """The application with that client id or name. Raises NotFound."""
    application = tx.application(client_id_or_name)
    if application is None:
        raise NotFound(f"There is no application {client_id_or_name}.", "`daybook apps list` shows those there are.")
    return application


def set_lenient(tx: AccountsPort, client_id_or_name: str, *, lenient: bool) -> Application:
    """Warn the application where a report type's rules are broken, or refuse it; from its next request on.

    Raises NotFound.
    """
    application = find_application(tx, client_id_or_name)
    tx.set_lenient(application.client_id, lenient)
    return replace(application, lenient=lenient)


def authorise(tx: AccountsPort, now: datetime, ids: Ids, client_id: str, seller_id: str) -> str:
    """A refresh token with which the application acts for the seller, shown this once; it replaces an earlier one.

    Raises NotFound for an unknown seller, InvalidInput for an operator's application, which acts for nobody.
    """
    application = find_application(tx, client_id)
    if application.scope is not Scope.SELLER:
        raise InvalidInput(f"{application.name} has the scope operator; sellers authorise only the scope seller.")
    find_seller(tx, seller_id)
    tx.revoke_authorisation(application.client_id, seller_id, now)
    refresh_token = ids.secret(REFRESH_PREFIX)
    tx.add_authorisation(Authorisation(ids.unique(), application.client_id, seller_id, now), hashed(refresh_token))
    return refresh_token


def revoke(tx: AccountsPort, now: datetime, client_id: str, seller_id: str | None) -> None:
    """Ends a seller's authorisation, or the whole application; their access tokens end with the commit.

    Raises NotFound where there is nothing to revoke.
    """
    application = find_application(tx, client_id)
    if seller_id is None:
        revoked = tx.revoke_application(application.client_id, now)
    else:
        revoked = tx.revoke_authorisation(application.client_id, seller_id, now)
    if not revoked:
        raise NotFound(f"{application.name} holds nothing that could be revoked.", f"Seller: {seller_id or 'all'}.")
