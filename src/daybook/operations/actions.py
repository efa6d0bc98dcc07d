"""What people do with a batch, each by its name: one table for the API and the command line."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple, Protocol

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


class Done(NamedTuple):
    """How many operations were moved, and how many were left; the batch that was made, where one was."""

    moved: int = 0
    left: int = 0
    made: Submitted | None = None


class Action(Protocol):
    """Does it."""

    def __call__(self, transact: Transact, ids: Ids, asked: Asked, /) -> Done: ...


def act(action: str, transact: Transact, ids: Ids, asked: Asked) -> Done:
    """Does the action. Raises InvalidInput for one that there is not, or that cannot be tried; NotFound, Conflict."""
    if action not in ACTIONS:
        raise InvalidInput(f"There is no action {action[:50]!r}.", f"Actions: {', '.join(ACTIONS)}.")
    if asked.dry_run and action not in TRIED:
        raise InvalidInput(f"{action} cannot be tried without doing it.", f"dryRun: of {', '.join(sorted(TRIED))}.")
    return ACTIONS[action](transact, ids, asked)


def _moves(verb: Any, transact: Transact, ids: Ids, asked: Asked) -> Done:
    del ids
    return Done(*verb(transact, asked.seller_id, asked.batch_id, asked.actor))


def _turns(verb: Any, transact: Transact, ids: Ids, asked: Asked) -> Done:
    del ids
    transact(lambda tx: verb(tx, tx.now, asked.seller_id, asked.batch_id, asked.actor))
    return Done()


def _makes(verb: Any, transact: Transact, ids: Ids, asked: Asked) -> Done:
    made = verb(transact, ids, asked.seller_id, asked.batch_id, asked.actor, dry_run=asked.dry_run)
    return Done(sum(made.counts.values()), made=made)


def _retry(transact: Transact, ids: Ids, asked: Asked) -> Done:
    del ids
    if asked.dry_run:
        return Done(*steering.retryable(transact, asked.seller_id, asked.batch_id))
    return Done(*steering.retry(transact, asked.seller_id, asked.batch_id, asked.actor, force=asked.force))


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
