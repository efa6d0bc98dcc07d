"""What people do with a batch, each by its name: one table for the API and the command line."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from daybook.kernel.errors import InvalidInput
from daybook.kernel.ids import Ids
from daybook.operations import anew, steering
from daybook.operations.submitting import Submitted, Transact


class Asked(NamedTuple):
    """An action on a seller's batch."""

    seller_id: str
    batch_id: str
    actor: str
    force: bool = False
    """Of a retry: also what failed three times in the same way."""
    dry_run: bool = False
    """Of a retry, undo or rebuild: say what would happen, and do nothing."""
    key: str | None = None
    """Of an undo or rebuild: asked again with the same key, the batch that it made the first time."""


class Done(NamedTuple):
    """How many operations were moved, and how many were left; the batch that was made, where one was.

    A pause moves those that wait for it to end, and a resume those that go on.
    """

    moved: int = 0
    left: int = 0
    made: Submitted | None = None


class Means(NamedTuple):
    """What an action works with: transactions that write, others that only read, and ids for what it makes."""

    write: Transact
    read: Transact
    ids: Ids


Action = Callable[[Means, Asked], Done]


def act(action: str, means: Means, asked: Asked) -> Done:
    """Does the action. Raises InvalidInput for one that there is not, or that cannot be tried; NotFound, Conflict."""
    if action not in ACTIONS:
        raise InvalidInput(f"There is no action {action[:50]!r}.", f"Actions: {', '.join(ACTIONS)}.")
    if asked.dry_run and action not in TRIED:
        raise InvalidInput(f"{action} cannot be tried without doing it.", f"dryRun: of {', '.join(sorted(TRIED))}.")
    return ACTIONS[action](means, asked)


def _moves(verb: Any, means: Means, asked: Asked) -> Done:
    return Done(*verb(means.write, asked.seller_id, asked.batch_id, asked.actor))


def _turns(verb: Any, means: Means, asked: Asked) -> Done:
    return Done(*means.write(lambda tx: verb(tx, tx.now, asked.seller_id, asked.batch_id, asked.actor)))


def _makes(verb: Any, means: Means, asked: Asked) -> Done:
    of, how = (asked.seller_id, asked.batch_id, asked.actor), {"dry_run": asked.dry_run, "key": asked.key}
    made = verb(means.write, means.ids, *of, **how)
    return Done(sum(made.counts.values()), made=made)


def _retry(means: Means, asked: Asked) -> Done:
    if asked.dry_run:
        return Done(*steering.retryable(means.read, asked.seller_id, asked.batch_id))
    return Done(*steering.retry(means.write, asked.seller_id, asked.batch_id, asked.actor, force=asked.force))


ACTIONS: Mapping[str, Action] = {
    "approve": partial(_moves, steering.approve),
    "cancel": partial(_moves, steering.cancel),
    "retry": _retry,
    "undo": partial(_makes, anew.undo),
    "rebuild": partial(_makes, anew.rebuild),
    "pause": partial(_turns, steering.pause),
    "resume": partial(_turns, steering.resume),
}
TRIED = frozenset(("retry", "undo", "rebuild"))
