"""Buckets of S3's kind: the URL and the options of one, checked before it is used."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from daybook.kernel.errors import Misconfigured

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

OPTIONS = frozenset(
    {
        "region",
        "endpoint",
        "access_key_id",
        "secret_access_key",
        "session_token",
        "virtual_hosted_style_request",
        "disable_bulk_delete",
        "server_side_encryption",
        "sse_kms_key_id",
        "checksum_algorithm",
    }
)
"""What may be said of a bucket; obstore panics, rather than raises, for some names that are not here."""

_RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}


def open_bucket(url: str, options: Mapping[str, str]) -> S3Store:
    """The bucket at `s3://bucket/prefix`, not asked yet. Raises Misconfigured for a wrong URL or option."""
    parts = urlsplit(url)
    if not parts.netloc or parts.query or parts.fragment or "@" in parts.netloc:
        raise Misconfigured("The URL of the documents' bucket must be s3://bucket or s3://bucket/prefix, and no more.")
    if unknown := options.keys() - OPTIONS:
        raise Misconfigured(
            f"{url} has no option {', '.join(sorted(unknown))}.", f"Options are {', '.join(sorted(OPTIONS))}."
        )
    client: ClientConfig = {"timeout": "60s"}
    if options.get("endpoint", "").startswith("http://"):
        client["allow_http"] = True
    try:
        return S3Store.from_url(
            url, config=cast("S3Config", dict(options)), client_options=client, retry_config=_RETRIES
        )
    except (BaseError, ValueError) as error:
        raise Misconfigured(f"{url} cannot be used: {str(error).partition(chr(10))[0]}.") from error
