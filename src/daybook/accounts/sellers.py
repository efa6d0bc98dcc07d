"""Selling partners: whose data it is."""

import re
from dataclasses import dataclass
from datetime import datetime

from daybook.accounts.ports import AccountsPort
from daybook.kernel.errors import Conflict, InvalidInput, NotFound

_SELLER_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Seller:
    """A selling partner and the marketplaces it sells on."""

    seller_id: str
    name: str
    marketplace_ids: tuple[str, ...]
    created_at: datetime


def add_seller(tx: AccountsPort, now: datetime, seller_id: str, name: str, marketplace_ids: tuple[str, ...]) -> Seller:
    """A new seller. Raises InvalidInput for an id that cannot be one, Conflict for one that is taken."""
    check_seller_id(seller_id)
    if not marketplace_ids:
        raise InvalidInput("A seller needs at least one marketplace.", "Say, for example, --marketplace US.")
    if tx.seller(seller_id) is not None:
        raise Conflict(f"Seller {seller_id} exists already.", "Choose another id, or use the one that is there.")
    seller = Seller(seller_id, name, tuple(dict.fromkeys(marketplace_ids)), now)
    tx.add_seller(seller)
    return seller


def check_seller_id(seller_id: str) -> None:
    """Raises InvalidInput for an id that cannot be a seller's."""
    if not _SELLER_ID.fullmatch(seller_id):
        raise InvalidInput(
            f"{seller_id!r} cannot be a seller id.", "Use 1 to 64 letters, digits, dots, hyphens or underscores."
        )


def find_seller(tx: AccountsPort, seller_id: str) -> Seller:
    """The seller. Raises NotFound."""
    seller = tx.seller(seller_id)
    if seller is None:
        raise NotFound(f"There is no seller {seller_id}.", "`daybook accounts list` shows the sellers there are.")
    return seller
