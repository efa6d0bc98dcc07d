"""Opens the database that a URL names, and brings its schema to the present."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from daybook.kernel.clock import Clock, system_clock
from daybook.kernel.errors import Misconfigured
from daybook.kernel.masking import redacted
from daybook.lanes import SLOTS
from daybook.store.postgres import BESIDE_SLOTS, PostgresStore
from daybook.store.sqlite import SqliteStore
from daybook.store.store import Store, unavailable_if_away

SQLITE = "sqlite:///"
_HINT = "See DAYBOOK_DATABASE_URL: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/DATABASE."


def open_store(url: str, clock: Clock = system_clock, slots: int = SLOTS) -> Store:
    """The store at `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/DATABASE`, for so many steps at once.

    Raises Misconfigured, Unavailable.
    """
    with _misconfigured():
        return _opened(url, clock, slots)


@contextmanager
def _misconfigured() -> Iterator[None]:
    """A URL or a file that is none of a database's is told as a fault of the settings, without what may be secret."""
    try:
        yield
    except (ValueError, sa.exc.ArgumentError) as error:
        raise Misconfigured(f"The database's URL cannot be read: {_reason(error)}.", _HINT) from error
    except sa.exc.DatabaseError as error:
        raise Misconfigured(f"The database cannot be opened: {_reason(error.orig or error)}.", _HINT) from error


def _reason(error: BaseException) -> str:
    return redacted(str(error).partition("\n")[0].rstrip("."))


def _opened(url: str, clock: Clock, slots: int) -> Store:
    if url.startswith(SQLITE):
        path = Path(url.removeprefix(SQLITE))
        path.parent.mkdir(parents=True, exist_ok=True)
        with unavailable_if_away():
            return SqliteStore(path, clock)
    if url.startswith(("postgresql://", "postgres://")):
        _require_readable(url)
        return PostgresStore("postgresql+psycopg://" + url.split("://", 1)[1], clock, slots + BESIDE_SLOTS)
    raise Misconfigured(
        f"{url.split(':', 1)[0]!r} is no kind of database that Daybook knows.",
        "DAYBOOK_DATABASE_URL begins with sqlite:/// or postgresql://.",
    )


def _require_readable(url: str) -> None:
    """Raises Misconfigured where PostgreSQL's own library cannot read the URL; nothing is connected to."""
    import psycopg  # noqa: PLC0415  only where PostgreSQL is used

    try:
        psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.Error as error:
        raise Misconfigured(f"The database's URL cannot be read: {_reason(error)}.", _HINT) from error


def migrate(store: Store) -> tuple[str | None, str]:
    """Brings the schema to the present; from which revision, and to which. Running it again changes nothing."""
    before = revision(store)
    with unavailable_if_away(), store.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, head()


def revision(store: Store) -> str | None:
    """The schema's revision in the database; None where there is no schema yet."""
    with _misconfigured(), unavailable_if_away(), store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The revision that this Daybook needs."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def require_present(store: Store) -> None:
    """Raises Misconfigured where the schema is not the one that this Daybook needs."""
    found = revision(store)
    if found != head():
        raise Misconfigured(
            f"The database's schema is at revision {found or 'none'}; this Daybook needs {head()}.",
            "Run: daybook migrate",
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config
