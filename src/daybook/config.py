"""One strict, frozen Settings, read once at start.

From DAYBOOK_* variables, over an optional TOML file, over the defaults.

Every setting has an entry in docs/settings.md. A secret may stand in a file that NAME_FILE names instead.
"""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from daybook.kernel.errors import Misconfigured, fault_of
from daybook.kernel.keeping import KEEP, SERVED, Keep
from daybook.marketplaces.amazon.settings import AmazonSettings
from daybook.marketplaces.walmart.settings import WalmartSettings
from daybook.notifications.guard import Policy, read_policy
from daybook.notifications.inbound.silence import PATIENCE, Patience
from daybook.notifications.inbound.status import Source as Marketplace
from daybook.report_types.sql.settings import Limits, SqlSettings
from daybook.report_types.sql.sources import Source, check_names
from daybook.shapes import convert

PREFIX = "DAYBOOK_"
SECRETS = frozenset({"database_url", "amazon", "walmart"})
TABLES = frozenset({"sources", "amazon", "walmart"})
"""Settings that the environment has as JSON."""
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where Daybook keeps what it keeps, and where it listens."""

    data: Path = Path("daybook-data")
    database_url: str = ""
    documents_url: str = ""
    public_url: str = ""
    key_file: Path | None = None
    host: str = "127.0.0.1"
    port: Port = 8000
    tls_cert: Path | None = None
    tls_key: Path | None = None
    body_seconds: Annotated[float, msgspec.Meta(gt=0)] = 30.0
    keep_documents_days: Annotated[int, msgspec.Meta(ge=1, le=36_500)] = KEEP.documents.days
    keep_documents_mb: Annotated[int, msgspec.Meta(ge=1, le=10**12)] | None = None
    keep_reports_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 400
    keep_schedules_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 400
    keep_ledger_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 400
    metrics_host: str = "127.0.0.1"
    metrics_port: Port | None = None
    slots: Annotated[int, msgspec.Meta(ge=3, le=64)] = 8
    scenarios: Path | None = None
    speed: Annotated[float, msgspec.Meta(ge=1, le=3600)] = 1.0
    stalled_hours: Annotated[float, msgspec.Meta(gt=0, le=720)] = 3.0
    report_types: Path | None = None
    destination_networks: str = ""
    destination_ports: str = ""
    sql_types: Path | None = None
    sources: dict[str, Source] | None = None
    sql_memory_mb: Annotated[int, msgspec.Meta(ge=64)] = 512
    sql_seconds: Annotated[int, msgspec.Meta(ge=1, le=3000)] = 600
    amazon: AmazonSettings | None = None
    amazon_queue: str = ""
    walmart: WalmartSettings | None = None
    silence_reports: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = PATIENCE.reports
    silence_hours: Annotated[float, msgspec.Meta(gt=0, le=720)] = PATIENCE.span.total_seconds() / 3600

    @property
    def database(self) -> str:
        """The database's URL; a file in the data folder unless another is set."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'daybook.sqlite'}"

    @property
    def documents(self) -> str:
        """The document store's URL; a folder in the data folder unless another is set."""
        return self.documents_url or f"file://{self.data.absolute() / 'documents'}"

    @property
    def keys(self) -> Path:
        """The file of the root key."""
        return self.key_file or self.data / "keys" / "root.key"

    @property
    def embedded(self) -> bool:
        """Whether the database is the SQLite file, which one process serves."""
        return self.database.startswith("sqlite:///")

    @property
    def stalled_after(self) -> timedelta:
        """How long a batch may go without progress before it is flagged."""
        return timedelta(hours=self.stalled_hours)

    @property
    def destinations(self) -> Policy:
        """What destinations may be besides the public internet. Raises Misconfigured."""
        return read_policy(self.destination_networks, self.destination_ports)

    @property
    def patience(self) -> Patience:
        """How long reports may end without notifications of them."""
        queues = frozenset({Marketplace.AMAZON}) if self.amazon_queue else frozenset()
        return Patience(self.silence_reports, timedelta(hours=self.silence_hours), queues)

    @property
    def sql(self) -> SqlSettings:
        """What there is to know of SQL report types."""
        limits = Limits(self.sql_memory_mb, self.sql_seconds)
        return SqlSettings(self.sql_types, self.sources or {}, limits, self.data / "sql")

    @property
    def keep(self) -> Keep:
        """How long what is done with is kept; 0 days are without an end."""
        return Keep(
            documents=timedelta(days=self.keep_documents_days),
            documents_bytes=self.keep_documents_mb * 1024**2 if self.keep_documents_mb else None,
            reports=_days(self.keep_reports_days),
            schedules=_days(self.keep_schedules_days),
            ledger=_days(self.keep_ledger_days),
        )

    def url(self, port: int) -> str:
        """What clients reach this server by: the public URL, or else the address that it listens on."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"{'https' if self.tls_cert else 'http'}://{host}:{port}"


def read_settings(environment: Mapping[str, str], file: Path | None = None, **given: Any) -> Settings:
    """The settings; `given` (from the command line; None is not given) wins.

    Raises Misconfigured naming the one that is wrong.
    """
    values = _from_file(file) if file else {}
    values |= _from_environment(environment)
    values |= {name: value for name, value in given.items() if value is not None}
    settings = _converted(values)
    _check(settings)
    return settings


def _from_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise Misconfigured(
            f"The settings file {file} cannot be read: {fault_of(error)}.", "--config or DAYBOOK_CONFIG names it."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"The settings file {file} is not TOML: {error}.") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and environment[variable]:
            name = variable.removeprefix(PREFIX).lower()
            if name.removesuffix("_file") in SECRETS and name.endswith("_file"):
                name, text = name.removesuffix("_file"), _secret(variable, Path(environment[variable]))
                values[name] = _table(variable, text) if name in TABLES else text
            elif name in TABLES:
                values[name] = _table(variable, environment[variable])
            else:
                values[name] = environment[variable]
    return values


def _table(variable: str, text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise Misconfigured(f"{variable} is not JSON: {error}.", "It is a table, as in the settings file.") from error


def _secret(variable: str, file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"The file {file}, which {variable} names, cannot be read: {fault_of(error)}.",
            f"Put the value there, or set {variable.removesuffix('_FILE')} to it.",
        ) from error


def _converted(values: dict[str, Any]) -> Settings:
    unknown = sorted(values.keys() - set(Settings.__struct_fields__))
    if unknown:
        known = ", ".join(PREFIX + name.upper() for name in Settings.__struct_fields__)
        raise Misconfigured(f"There is no setting {PREFIX}{unknown[0].upper()}.", f"Settings: {known}.")
    try:
        texts = {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}
        return convert(texts, Settings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise Misconfigured(f"A setting is wrong: {error}.", "docs/settings.md has every setting.") from error


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port beyond all ports
        return False


def _days(count: int) -> timedelta | None:
    return timedelta(days=count) if count else None


def _path(kind: type, value: Any) -> Path:
    if kind is not Path or not isinstance(value, str):
        raise msgspec.ValidationError(f"Expected a path, got {value!r}")
    return Path(value)


def _check(settings: Settings) -> None:
    check_names(settings.sources or {})
    _ = settings.destinations
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise Misconfigured("TLS needs both a certificate and its key.", "Set DAYBOOK_TLS_CERT and DAYBOOK_TLS_KEY.")
    if not settings.host or not settings.metrics_host:
        raise Misconfigured(
            "An address to listen on is empty.", "That would be every one: write 0.0.0.0 if it is meant."
        )
    if settings.public_url and not _is_web_address(settings.public_url):
        raise Misconfigured(f"DAYBOOK_PUBLIC_URL is {settings.public_url!r}.", "It begins with http:// or https://.")
    if settings.amazon_queue and not _is_web_address(settings.amazon_queue):
        raise Misconfigured(f"DAYBOOK_AMAZON_QUEUE is {settings.amazon_queue!r}.", "It is the URL of a queue of SQS.")
    for name in ("keep_reports_days", "keep_ledger_days"):
        if 0 < getattr(settings, name) < SERVED.days:
            raise Misconfigured(
                f"{PREFIX}{name.upper()} is {getattr(settings, name)}, but reports are served for {SERVED.days} days.",
                f"It is {SERVED.days} or more, or 0 for no end.",
            )
    if settings.speed != 1 and not settings.embedded:
        raise Misconfigured(
            f"DAYBOOK_SPEED is {settings.speed:g}, but a database on a server keeps its own time.",
            "Leave it out, or practise on the SQLite file of a data folder.",
        )
