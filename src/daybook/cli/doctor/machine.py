"""What can be seen without the database: the address, the certificate, the folder, the key file."""

import shutil
import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from daybook.cli.doctor.findings import Finding, told, warning
from daybook.config import Settings
from daybook.kernel.errors import Misconfigured, fault_of
from daybook.kernel.keys import read_or_create
from daybook.report_types.registry import registry
from daybook.reports.scenarios.file import ScenarioFile

LEAST_FREE = 1024**3
"""Bytes of a disk below which it may soon be full."""
RENEW_BEFORE = timedelta(days=14)
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  the name of the thing that is warned of


def address(settings: Settings) -> Iterator[Finding]:
    """Who can hear what is said, and where clients are sent for documents."""
    public = urlsplit(settings.public_url)
    if not is_loopback(settings.host) and settings.tls_cert is None and public.scheme != "https":
        yield Finding(
            f"It listens on {settings.host} without TLS.",
            "Client secrets and tokens can be read by whoever sees the network.",
            "Set DAYBOOK_TLS_CERT and DAYBOOK_TLS_KEY; or put a proxy with TLS before it, and set DAYBOOK_PUBLIC_URL "
            "to the proxy's https:// address.",
        )
    if settings.host in _EVERYWHERE and not settings.public_url:
        yield Finding(
            f"It listens on {settings.host}, and DAYBOOK_PUBLIC_URL is not set.",
            f"Links to documents would begin with {settings.url(settings.port)}, which no other machine can reach.",
            "Set DAYBOOK_PUBLIC_URL to the address that clients use.",
        )
    if not is_loopback(settings.host) and public.hostname and is_loopback(public.hostname):
        yield Finding(
            f"It listens on {settings.host}, and DAYBOOK_PUBLIC_URL is {settings.public_url}.",
            "Links to documents lead other machines to themselves.",
            "Set DAYBOOK_PUBLIC_URL to the address that clients use.",
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def certificate(settings: Settings) -> Iterator[Finding]:
    """Whether HTTPS can start, and for how long."""
    if settings.tls_cert is None or settings.tls_key is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key)
        until = x509.load_pem_x509_certificate(settings.tls_cert.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        yield Finding(
            f"The certificate {settings.tls_cert} and its key cannot be used: {fault_of(error)}.",
            "HTTPS cannot start.",
            "Both are PEM files, and the key is the certificate's own.",
        )
        return
    left = until - datetime.now(UTC)
    if left < RENEW_BEFORE:
        told = f"The certificate {settings.tls_cert} is good until {until:%Y-%m-%d %H:%M} UTC."
        why, mend = "Clients refuse it from then on.", "Renew it, and start Daybook again."
        yield Finding(told, why, mend) if left < timedelta(0) else warning(told, why, mend)


def folder(settings: Settings) -> Iterator[Finding]:
    """Whether there is room for what is to come."""
    if not settings.data.is_dir():
        yield warning(
            f"The folder {settings.data.absolute()} is not there.",
            "It is where everything is kept that no other setting places elsewhere.",
            "The first command that writes makes it; --data DIR or DAYBOOK_DATA names another.",
        )
        return
    free = shutil.disk_usage(settings.data).free
    if free < LEAST_FREE:
        yield Finding(
            f"The disk of {settings.data.absolute()} has {free / 1024**2:,.0f} MiB left.",
            "A full disk stops everything that writes; what is committed is not lost.",
            "Free some, or move the folder to a larger disk.",
        )


def key_file(settings: Settings) -> Iterator[Finding]:
    """Whether the root key is there, whole, and the owner's alone."""
    if settings.keys.exists():
        try:
            read_or_create(settings.keys)
        except Misconfigured as error:
            why = "Daybook does not start: secrets, links to documents and page tokens are sealed with it."
            yield told(error, why, "Put back a copy of it; without one, remove it.")
    elif _has_database(settings):
        yield warning(
            f"The key file {settings.keys.absolute()} is not there.",
            "A new one is made at the next start; what the old one sealed is lost, and links and page tokens end.",
            "If there is a copy of it, put it there before.",
        )


def _has_database(settings: Settings) -> bool:
    return not settings.embedded or Path(settings.database.removeprefix("sqlite:///")).exists()


def report_types(settings: Settings) -> Iterator[Finding]:
    """Whether the operator's own report types can be read."""
    known = registry(settings.sql, settings.report_types)
    try:
        known.check()
    except Misconfigured as error:
        yield told(error, "Neither the API nor a worker starts.")
    for fault in known.stale():
        yield warning(fault, "The file's last good version holds until then.", "Mend the file; it is read again.")


def practice(settings: Settings) -> Iterator[Finding]:
    """What is good for practising, and for nothing else."""
    if settings.speed != 1:
        yield warning(
            f"The clock runs {settings.speed:g} times as fast as time.",
            "Tokens and links end early, and schedules fire early: that is for practice.",
            "Leave DAYBOOK_SPEED out where programs are served that mean it.",
        )
    if settings.scenarios is None:
        return
    try:
        ScenarioFile(settings.scenarios, registry(settings.sql, settings.report_types).types)
    except Misconfigured as error:
        yield told(error, "Neither the API nor a worker starts.")
        return
    yield warning(
        f"The scenarios in {settings.scenarios} say what happens to reports.",
        "Reports wait, fail or are refused although nothing is wrong: that is for practice.",
        "Leave DAYBOOK_SCENARIOS out where programs are served that mean it.",
    )


LOOKS: Mapping[str, Callable[[Settings], Iterator[Finding]]] = {
    "address": address,
    "certificate": certificate,
    "data folder": folder,
    "key file": key_file,
    "report types": report_types,
    "practice": practice,
}
