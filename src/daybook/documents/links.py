"""Our own presigned URLs for report documents: whoever holds one may fetch that document, until it expires (seed 004).

The signature covers the seller, the document, the expiry and the encoding. The URL is built from the configured public
URL alone, never from a Host header, which clients are known to mangle.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from daybook.documents.names import segment, text_of
from daybook.kernel.clock import from_micros, to_micros
from daybook.kernel.errors import Unauthorized

LIFETIME = timedelta(seconds=300)
"""How long a link may be used: five minutes, as Amazon's."""

_SECOND = 1_000_000
_ENCODED = "gzip"


@dataclass(frozen=True, slots=True)
class Link:
    """Leave to fetch one document until a whole second; `encoded` if it is to be sent with Content-Encoding: gzip."""

    seller_id: str
    document_id: str
    expires_at: datetime
    encoded: bool = False


def new_link(
    now: datetime, seller_id: str, document_id: str, encoded: bool = False, lifetime: timedelta = LIFETIME
) -> Link:
    """The link to give out now; its life begins with the second that has begun."""
    return Link(seller_id, document_id, now.replace(microsecond=0) + lifetime, encoded)


def sign(key: bytes, public_url: str, link: Link) -> str:
    """The URL of the link, below the public URL (`https://reports.example` or one with a path)."""
    seller, document = segment(link.seller_id), segment(link.document_id)
    expires, encoding = str(to_micros(link.expires_at) // _SECOND), _ENCODED if link.encoded else ""
    query = {
        "expires": expires,
        "encoding": encoding,
        "signature": _signature(key, seller, document, expires, encoding),
    }
    return f"{public_url.rstrip('/')}/documents/{seller}/{document}?{urlencode({k: v for k, v in query.items() if v})}"


def verify(key: bytes, seller: str, document: str, query: Mapping[str, str], now: datetime) -> Link:
    """The link that `sign` made; seller and document are the path's segments as the router gives them: the ids are in
    the answer.

    Raises Unauthorized, which is answered with 403, if anything of it was altered or it has expired.
    """
    expires, encoding = query.get("expires", ""), query.get("encoding", "")
    signature = _signature(key, seller, document, expires, encoding)
    if not hmac.compare_digest(signature.encode(), query.get("signature", "").encode(errors="replace")):
        raise Unauthorized("The link is not one that was given out here.")
    expires_at = from_micros(int(expires) * _SECOND)
    if now >= expires_at:
        raise Unauthorized(f"The link expired at {expires_at.isoformat()}. Ask getReportDocument for a new one.")
    return Link(text_of(seller), text_of(document), expires_at, encoding == _ENCODED)


def _signature(key: bytes, *fields: str) -> str:
    texts = [field.encode(errors="surrogatepass") for field in fields]
    return hmac.digest(key, b"".join(len(text).to_bytes(4, "big") + text for text in texts), hashlib.sha256).hex()
