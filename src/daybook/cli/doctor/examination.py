"""Everything that is looked at, in order: what nothing works without comes first."""

from collections.abc import Callable, Iterable
from functools import partial

from daybook.cli.call import Call, is_unborn, no_database
from daybook.cli.doctor import database, documents, machine, notifications
from daybook.cli.doctor.findings import Examined, Finding, told
from daybook.config import Settings
from daybook.kernel.errors import DaybookError
from daybook.store.opening import open_store, require_present
from daybook.store.store import Store

Look = Callable[[], Iterable[Finding]]
_LOOKS = {**database.LOOKS, **notifications.LOOKS}


def examine(call: Call) -> list[Examined]:
    """Looks at everything that can be looked at; what cannot be opened is a finding."""
    try:
        settings = call.settings()
    except DaybookError as error:
        return [Examined("settings", (told(error, "Nothing starts while a setting is wrong."),))]
    looks: dict[str, Look] = {name: partial(look, settings) for name, look in machine.LOOKS.items()}
    return [Examined("settings"), *map(_looked, looks.items()), *_database(settings)]


def _looked(look: tuple[str, Look]) -> Examined:
    name, find = look
    try:
        return Examined(name, tuple(find()))
    except DaybookError as error:
        return Examined(name, (told(error, "The rest of it could not be looked at."),))


def _database(settings: Settings) -> list[Examined]:
    if is_unborn(settings):
        return [Examined("database", (told(no_database(settings), "Nothing can be asked of it."),))]
    try:
        store = open_store(settings.database)
    except DaybookError as error:
        return [Examined("database", (told(error, "Nothing works without it."),))]
    try:
        return _opened(settings, store)
    finally:
        store.close()


def _opened(settings: Settings, store: Store) -> list[Examined]:
    try:
        store.check()
        require_present(store)
    except DaybookError as error:
        return [Examined("database", (told(error, "Nothing works without it."),))]
    looks: dict[str, Look] = {name: partial(look, settings, store) for name, look in _LOOKS.items()}
    examined = [Examined("database"), *map(_looked, looks.items())]
    return [*examined, _looked(("documents", partial(documents.findings, settings, store)))]
