"""Access tokens: what every call shows, for an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from daybook.accounts.applications import Application, Scope, hashed
from daybook.accounts.ports import AccountsPort
from daybook.accounts.usage_plans import UsagePlan
from daybook.kernel.errors import DaybookError, Unauthorized
from daybook.kernel.ids import Ids

LIFETIME = timedelta(seconds=3600)
ACCESS_PREFIX = "Atza|"
OPERATOR_SCOPE = "daybook::operator"

EXPIRED = "The access token you provided has expired."
INVALID = "The access token you provided is revoked, malformed or invalid."
MISSING = "Access token is missing in the request header."


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as the store keeps it, beside its hash."""

    client_id: str
    authorisation_id: str | None
    scope: Scope
    issued_at: datetime
    expires_at: datetime


class Admission(NamedTuple):
    """What is known of a token when it is shown: whose it is, until when, and the plan set for the operation.

    Made for every call: as a frozen dataclass it would cost five times as much.
    """

    client_id: str
    seller_id: str | None
    scope: Scope
    expires_at: datetime
    revoked: bool
    plan: UsagePlan | None


class GrantRefused(DaybookError):
    """A token request is refused, in OAuth's own words (RFC 6749, 5.2): `error` and `error_description`."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.status = status


def grant(tx: AccountsPort, now: datetime, ids: Ids, form: dict[str, str]) -> tuple[str, str | None]:
    """An access token for a token request, and the refresh token where the grant has one. Raises GrantRefused.

    `form` has grant_type and client_id, client_secret, and refresh_token or scope (Login with Amazon).
    """
    grants = {"refresh_token": _by_refresh_token, "client_credentials": _by_client_credentials}
    kind = _needed(form, "grant_type")
    if kind not in grants:
        raise GrantRefused(
            "unsupported_grant_type", "The authorization grant type is not supported by the authorization server"
        )
    application = _client(tx, form)
    token, refresh_token = grants[kind](tx, now, application, form)
    access_token = ids.secret(ACCESS_PREFIX)
    tx.add_access_token(token, hashed(access_token))
    return access_token, refresh_token


def _needed(form: dict[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise GrantRefused("invalid_request", f"The request is missing a required parameter : {name}")
    return value


def _client(tx: AccountsPort, form: dict[str, str]) -> Application:
    secret_hash = hashed(_needed(form, "client_secret"))
    application = tx.application_with_secret(_needed(form, "client_id"), secret_hash)
    if application is None or application.revoked_at is not None:
        raise GrantRefused("invalid_client", "Client authentication failed", status=401)
    return application


def _by_refresh_token(
    tx: AccountsPort, now: datetime, application: Application, form: dict[str, str]
) -> tuple[AccessToken, str]:
    refresh_token = _needed(form, "refresh_token")
    authorisation = tx.authorisation_by_refresh(application.client_id, hashed(refresh_token))
    if authorisation is None or authorisation.revoked_at is not None:
        raise GrantRefused("invalid_grant", "The request has an invalid grant parameter : refresh_token")
    token = AccessToken(application.client_id, authorisation.authorisation_id, Scope.SELLER, now, now + LIFETIME)
    return token, refresh_token


def _by_client_credentials(
    tx: AccountsPort, now: datetime, application: Application, form: dict[str, str]
) -> tuple[AccessToken, None]:
    del tx
    if _needed(form, "scope") != OPERATOR_SCOPE or application.scope is not Scope.OPERATOR:
        raise GrantRefused("invalid_scope", "The requested scope is invalid, unknown, or malformed")
    return AccessToken(application.client_id, None, Scope.OPERATOR, now, now + LIFETIME), None


def admit(tx: AccountsPort, now: datetime, token: str | None, operation: str) -> Admission:
    """Who shows the token, for an operation of sellers. Raises Unauthorized, with the reason in its details."""
    if not token:
        raise Unauthorized(MISSING)
    admission = tx.admission(hashed(token), operation)
    if admission is None or admission.revoked:
        raise Unauthorized(INVALID)
    if admission.expires_at <= now:
        raise Unauthorized(EXPIRED)
    return admission
