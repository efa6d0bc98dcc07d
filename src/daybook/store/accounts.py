"""Sellers', applications', authorisations', access tokens' and usage plans' rows."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from daybook.accounts.applications import Application, Authorisation, Scope
from daybook.accounts.sellers import Seller
from daybook.accounts.tokens import AccessToken, Admission
from daybook.accounts.usage_plans import EVERY_SELLER, UsagePlan
from daybook.kernel.clock import from_micros, to_micros
from daybook.store.rows import Hot, Rows, instant
from daybook.store.schema import access_token, application, authorisation, seller, seller_marketplace, usage_plan

_own = usage_plan.alias("own")
_general = usage_plan.alias("general")


def _plan_of(plan: sa.FromClause, seller_id: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        plan.c.client_id == access_token.c.client_id,
        plan.c.operation == bindparam("operation"),
        plan.c.seller_id == seller_id,
    )


# Who shows a token, and the usage plan that was set for what they ask: every call.
_ADMISSION = Hot(
    sa.select(
        access_token.c.client_id,
        authorisation.c.seller_id,
        access_token.c.scope,
        access_token.c.expires_at,
        sa.func.coalesce(authorisation.c.revoked_at, application.c.revoked_at),
        sa.func.coalesce(_own.c.rate, _general.c.rate),
        sa.func.coalesce(_own.c.burst, _general.c.burst),
    )
    .select_from(
        access_token.join(application, application.c.client_id == access_token.c.client_id)
        .outerjoin(authorisation, authorisation.c.authorisation_id == access_token.c.authorisation_id)
        .outerjoin(_own, _plan_of(_own, authorisation.c.seller_id))
        .outerjoin(_general, _plan_of(_general, sa.literal_column("''")))
    )
    .where(access_token.c.token_hash == bindparam("token_hash"))
)

_SCOPES = {scope.value: scope for scope in Scope}


class Accounts(Rows):
    """Adds, finds and revokes."""

    def add_seller(self, added: Seller) -> None:
        values = {"seller_id": added.seller_id, "name": added.name, "created_at": to_micros(added.created_at)}
        self.connection.execute(seller.insert(), values)
        for marketplace_id in added.marketplace_ids:
            self.connection.execute(
                seller_marketplace.insert(), {"seller_id": added.seller_id, "marketplace_id": marketplace_id}
            )

    def seller(self, seller_id: str) -> Seller | None:
        row = self._one(sa.select(seller).where(seller.c.seller_id == seller_id))
        return None if row is None else self._seller(row)

    def sellers(self) -> list[Seller]:
        return [self._seller(row) for row in self._all(sa.select(seller).order_by(seller.c.seller_id))]

    def _seller(self, row: sa.Row[Any]) -> Seller:
        sold_on = sa.select(seller_marketplace.c.marketplace_id).where(seller_marketplace.c.seller_id == row.seller_id)
        marketplace_ids = tuple(sorted(self.connection.execute(sold_on).scalars()))
        return Seller(row.seller_id, row.name, marketplace_ids, from_micros(row.created_at))

    def add_application(self, added: Application, secret_hash: str) -> None:
        values = {
            "client_id": added.client_id,
            "name": added.name,
            "scope": added.scope.value,
            "secret_hash": secret_hash,
            "created_at": to_micros(added.created_at),
            "lenient": added.lenient,
        }
        self.connection.execute(application.insert(), values)

    def application(self, client_id_or_name: str) -> Application | None:
        either = sa.or_(application.c.client_id == client_id_or_name, application.c.name == client_id_or_name)
        row = self._one(sa.select(application).where(either))
        return None if row is None else _application(row)

    def applications(self) -> list[Application]:
        return [_application(row) for row in self._all(sa.select(application).order_by(application.c.name))]

    def application_with_secret(self, client_id: str, secret_hash: str) -> Application | None:
        statement = sa.select(application).where(
            application.c.client_id == client_id, application.c.secret_hash == secret_hash
        )
        row = self._one(statement)
        return None if row is None else _application(row)

    def lenient(self, client_id: str) -> bool:
        statement = sa.select(application.c.lenient).where(application.c.client_id == client_id)
        return bool(self.connection.execute(statement).scalar())

    def set_lenient(self, client_id: str, lenient: bool) -> None:
        self.connection.execute(
            application.update().where(application.c.client_id == client_id).values(lenient=lenient)
        )

    def revoke_application(self, client_id: str, now: datetime) -> bool:
        statement = application.update().where(application.c.client_id == client_id, application.c.revoked_at.is_(None))
        return self._changed(statement.values(revoked_at=to_micros(now))) == 1

    def add_authorisation(self, added: Authorisation, refresh_hash: str) -> None:
        values = {
            "authorisation_id": added.authorisation_id,
            "client_id": added.client_id,
            "seller_id": added.seller_id,
            "refresh_hash": refresh_hash,
            "created_at": to_micros(added.created_at),
        }
        self.connection.execute(authorisation.insert(), values)

    def authorisation_by_refresh(self, client_id: str, refresh_hash: str) -> Authorisation | None:
        statement = sa.select(authorisation).where(
            authorisation.c.client_id == client_id, authorisation.c.refresh_hash == refresh_hash
        )
        row = self._one(statement)
        return None if row is None else _authorisation(row)

    def authorisations(self, client_id: str) -> list[Authorisation]:
        statement = sa.select(authorisation).where(authorisation.c.client_id == client_id)
        return [_authorisation(row) for row in self._all(statement.order_by(authorisation.c.created_at))]

    def revoke_authorisation(self, client_id: str, seller_id: str, now: datetime) -> bool:
        statement = authorisation.update().where(
            authorisation.c.client_id == client_id,
            authorisation.c.seller_id == seller_id,
            authorisation.c.revoked_at.is_(None),
        )
        return self._changed(statement.values(revoked_at=to_micros(now))) == 1

    def add_access_token(self, token: AccessToken, token_hash: str) -> None:
        values = {
            "token_hash": token_hash,
            "client_id": token.client_id,
            "authorisation_id": token.authorisation_id,
            "scope": token.scope.value,
            "issued_at": to_micros(token.issued_at),
            "expires_at": to_micros(token.expires_at),
        }
        self.connection.execute(access_token.insert(), values)

    def admission(self, token_hash: str, operation: str) -> Admission | None:
        row = self._hot(_ADMISSION, {"token_hash": token_hash, "operation": operation})
        return None if row is None else _admission(row)

    def put_usage_plan(self, client_id: str, seller_id: str, operation: str, plan: UsagePlan) -> None:
        values = {"client_id": client_id, "seller_id": seller_id, "operation": operation}
        same = sa.and_(*(usage_plan.c[name] == value for name, value in values.items()))
        self.connection.execute(usage_plan.delete().where(same))
        self.connection.execute(usage_plan.insert(), values | {"rate": plan.rate, "burst": plan.burst})

    def usage_plans(self, client_id: str) -> list[tuple[str, str, UsagePlan]]:
        """The plans that were set: operation, seller (empty for every one), plan."""
        statement = sa.select(usage_plan).where(usage_plan.c.client_id == client_id)
        rows = self._all(statement.order_by(usage_plan.c.operation, usage_plan.c.seller_id))
        return [(row.operation, row.seller_id or EVERY_SELLER, UsagePlan(row.rate, row.burst)) for row in rows]


@lru_cache(maxsize=8192)  # a token is shown again and again, and mostly nothing of it has changed
def _admission(row: Sequence[Any]) -> Admission:
    client_id, seller_id, scope, expires_at, revoked_at, rate, burst = row
    plan = None if rate is None else UsagePlan(rate, burst)
    return Admission(client_id, seller_id, _SCOPES[scope], from_micros(expires_at), revoked_at is not None, plan)


def _application(row: sa.Row[Any]) -> Application:
    return Application(
        client_id=row.client_id,
        name=row.name,
        scope=Scope(row.scope),
        created_at=from_micros(row.created_at),
        revoked_at=instant(row.revoked_at),
        lenient=row.lenient,
    )


def _authorisation(row: sa.Row[Any]) -> Authorisation:
    return Authorisation(
        row.authorisation_id, row.client_id, row.seller_id, from_micros(row.created_at), instant(row.revoked_at)
    )
