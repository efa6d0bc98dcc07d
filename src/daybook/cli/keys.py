"""`daybook keys`: the roots in the key file, and what is sealed with them."""

from typing import TYPE_CHECKING

from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.kernel.keys import add_root, drop_older_roots, read_or_create

if TYPE_CHECKING:
    from daybook.app import App
    from daybook.kernel.keys import Keys

group = noun("The root keys, and the secrets that are sealed with them.")


@command(group)
def rotate(call: Call) -> None:
    """Put a new root key into the key file, and seal every secret anew with it.

    The keys before it stay in the file, for backups hold what they have sealed. A server that runs seals with the new
    one at once; for links to documents and page tokens it takes it when it is started again, and those given out
    before end then.
    """
    with call.open() as app:
        keys = add_root(app.settings.keys)
        count = _reseal(app, keys)
        file = app.settings.keys
    content = {"file": str(file), "keys": len(keys), "resealed": count}
    call.screen.answer(content, f"{file} has a new root key; {_secrets(count)} sealed anew with it.")
    call.screen.remark("Restart the servers that run, and keep a copy of the file in another place.")


@command(group)
def forget(call: Call) -> None:
    """Drop every root key but the newest from the key file, after what they have sealed is sealed anew.

    Secrets in backups from before cannot be opened any more; everything else in them can.
    """
    with call.open() as app:
        file = app.settings.keys
        keys = read_or_create(file)
        count = _reseal(app, keys)
        dropped = drop_older_roots(file, keys)
    content = {"file": str(file), "dropped": dropped, "resealed": count}
    gone = "One older root key is" if dropped == 1 else f"{dropped or 'No'} older root keys are"
    call.screen.answer(content, f"{gone} dropped from {file}; {_secrets(count)} sealed anew before.")


def _reseal(app: "App", keys: "Keys") -> int:
    """In transactions of some hundreds, until none is left."""
    from daybook.accounts.sealing import Seals, reseal  # noqa: PLC0415  help and mistakes are answered without it

    seals, count = Seals(keys), 0
    while True:
        found, done = app.store.do(lambda tx: reseal(tx, seals))
        count += done
        if not found:
            return count


def _secrets(count: int) -> str:
    return "one secret is" if count == 1 else f"{count or 'no'} secrets are"
