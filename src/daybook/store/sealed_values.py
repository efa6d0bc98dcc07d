"""The sealed texts that rows have, whatever they belong to: destinations' and receivers'."""

import sqlalchemy as sa

from daybook.accounts.ports import SealedValue
from daybook.store.rows import Rows
from daybook.store.schema_inbound import receiver
from daybook.store.schema_notifications import destination

_TABLES: dict[str, tuple[sa.Table, str]] = {
    "destination": (destination, "destination_id"),
    "receiver": (receiver, "receiver_id"),
}
"""By the first word of their identities."""


class SealedValues(Rows):
    """Finds them and puts others in their place. All are looked at: this is asked when keys are rotated."""

    def sealed_values(self, other_than: str, limit: int) -> list[SealedValue]:
        asked = sa.union_all(*(_old(noun, other_than) for noun in _TABLES)).limit(limit)
        return [SealedValue(f"{row.noun}/{row.seller_id}/{row.id}", row.sealed) for row in self._all(asked)]

    def replace_sealed(self, old: SealedValue, text: str) -> bool:
        noun, seller_id, of = old.identity.split("/")
        table, name = _TABLES[noun]
        same = table.c.seller_id == seller_id, table.c[name] == of, table.c.sealed == old.text
        return self._changed(table.update().where(*same).values(sealed=text)) == 1


def _old(noun: str, other_than: str) -> sa.Select[tuple[str, str, str, str]]:
    table, name = _TABLES[noun]
    found = sa.select(sa.literal(noun).label("noun"), table.c.seller_id, table.c[name].label("id"), table.c.sealed)
    return found.where(sa.not_(table.c.sealed.startswith(other_than, autoescape=True)), table.c.sealed != "")
