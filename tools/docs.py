"""The parts of the docs that are drawn from the code, so that they cannot lag behind it.

A page holds such a part between `<!-- drawn: NAME -->` and `<!-- end -->`; `python -m tools.docs` draws all
of them anew.
"""

import inspect
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from daybook.kernel import errors
from daybook.notifications import answers, attempts, formats, kinds, news
from daybook.notifications import status as news_status
from daybook.notifications.inbound import status as inbound_status
from daybook.operations import status as operation_status
from daybook.operations import vocabulary
from daybook.operations.error_codes import error_codes as catalogue
from daybook.reports import status
from tools import commands

DOCS = Path(__file__).parent.parent / "docs"

KNOWN = {"observed": "seen by users", "guess": "not established"}
Word = TypeVar("Word", bound=StrEnum)

_PART = re.compile(r"(?<=<!-- drawn: )(?P<name>[\w ]+) -->\n(?P<text>.*?)(?=<!-- end -->)", re.DOTALL)


def draw(page: str) -> str:
    """The page with each of its drawn parts as the code has it now. Raises KeyError for a part that nobody draws."""
    return _PART.sub(lambda part: f"{part['name']} -->\n{PARTS[part['name']]()}", page)


def pages() -> list[Path]:
    """The pages that have drawn parts."""
    return [page for page in sorted(DOCS.rglob("*.md")) if _PART.search(page.read_text("utf-8"))]


def moves(legal: Mapping[Word, frozenset[Word]], first: Collection[Word] = ()) -> str:
    """A state diagram of the legal moves; the `first` begin the life, and what leads nowhere ends it.

    Where no first are named it is begun by what nothing leads to, or by the table's first if all can be come back to.
    """
    reached = set().union(*legal.values())
    starts = [start for start in legal if start in (first or legal.keys() - reached)] or [next(iter(legal))]
    arrows = [f"    [*] --> {start}" for start in starts]
    arrows += [f"    {start} --> {end}" for start in legal for end in sorted(legal[start])]
    arrows += [f"    {last} --> [*]" for last in legal if not legal[last]]
    return "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```", ""])


def words(kind: Iterable[Word], sentences: Mapping[Any, str] = status.SENTENCES) -> str:
    """A table of the words of an enum and what each means."""
    rows = [f"| `{word}` | {sentences[word]} |" for word in kind]
    return "\n".join(["| word | meaning |", "|---|---|", *rows, ""])


def vocabularies() -> str:
    """A table of what each state is called by those who show it."""
    heads = ("state", "operation report", "item sync", "item error", "Reports API", "report notification")
    reports = vocabulary.REPORT_STATUSES | vocabulary.REPORT_OUTCOMES
    states = vocabulary.OPERATIONS | {f"report: {name}": found for name, found in reports.items()}
    rows = [f"| {' | '.join((f'`{name}`', *found))} |" for name, found in states.items()]
    return "\n".join([f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *rows, ""])


def event_types() -> str:
    """A table of what can be subscribed to."""
    rows = [
        f"| `{kind.name}` | `{kind.resource}` | {news.SENTENCES[kind.type]} | {', '.join(kind.statuses) or '-'} |"
        for kind in kinds.KINDS.values()
    ]
    return "\n".join(
        ["| event type | resource | sent when | statuses to choose from |", "|---|---|---|---|", *rows, ""]
    )


def format_names() -> str:
    """A table of the formats."""
    rows = [f"| `{one.name}` | {one.sentence} |" for one in formats.formats().values()]
    return "\n".join(["| format | what it is |", "|---|---|", *rows, ""])


def attempt_errors() -> str:
    """A table of why an attempt can fail."""
    rows = [f"| `{error}` | {answers.SENTENCES[error]} |" for error in answers.ErrorClass]
    own = [f"| `{error}` | {sentence} |" for error, sentence in attempts.OWN.items()]
    return "\n".join(["| error | what it means |", "|---|---|", *rows, *own, ""])


def error_codes() -> str:
    """A table of the codes of all errors that Daybook tells people about, and when each is told."""
    unforeseen = (errors.DaybookError.code, "A fault of Daybook's own; the log has its cause, under the request id.")
    told = sorted([unforeseen, *((kind.code, first_line(kind)) for kind in told_errors())])
    return "\n".join(["| code | told when |", "|---|---|", *(f"| `{code}` | {when} |" for code, when in told), ""])


def last_errors(source: str) -> str:
    """A table of the codes of a source that can stand in Last Error; each has an anchor of its own."""
    rows = [
        f'| <a id="{entry.code}"></a>`{entry.code}` | {entry.meaning} | {entry.fixer} | {entry.retry} | {entry.advice} '
        f"| {entry.told}{'' if entry.known == 'documented' else f', {KNOWN[entry.known]}'} |"
        for entry in catalogue().values()
        if entry.source == source
    ]
    head = "| code | meaning | who can fix it | a retry helps | what to do | told |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows, ""])


def told_errors() -> list[type[errors.DaybookError]]:
    """The kinds of error that have a code of their own."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.DaybookError)]
    return [kind for kind in kinds if kind is not errors.DaybookError]


def first_line(documented: object) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(documented) or "").partition("\n")[0]


PARTS: dict[str, Callable[[], str]] = {
    "report moves": lambda: moves(status.MOVES),
    "report statuses": lambda: words(status.Status),
    "report outcomes": lambda: words(status.Outcome),
    "operation moves": lambda: moves(operation_status.MOVES, operation_status.FIRST),
    "operation statuses": lambda: words(operation_status.Status, operation_status.SENTENCES),
    "batch moves": lambda: moves(operation_status.BATCH_MOVES),
    "batch statuses": lambda: words(operation_status.BatchStatus, operation_status.BATCH_SENTENCES),
    "delivery moves": lambda: moves(news_status.MOVES),
    "delivery statuses": lambda: words(news_status.DeliveryStatus, news_status.SENTENCES),
    "destination statuses": lambda: words([*news_status.Status, *news_status.Reason], news_status.SENTENCES),
    "inbound statuses": lambda: words(inbound_status.InboundStatus, inbound_status.SENTENCES),
    "followed report statuses": lambda: words(inbound_status.FollowedStatus, inbound_status.SENTENCES),
    "followed report moves": lambda: moves(inbound_status.MOVES),
    "event types": event_types,
    "formats": format_names,
    "attempt errors": attempt_errors,
    "vocabularies": vocabularies,
    "error codes": error_codes,
    "last errors of daybook": lambda: last_errors("daybook"),
    "last errors of http": lambda: last_errors("http"),
    "last errors of amazon": lambda: last_errors("amazon"),
    "exit codes": commands.exit_codes,
    "commands": commands.reference,
}


def main() -> int:
    """Draws every page anew; answers the exit code."""
    for page in pages():
        page.write_text(draw(page.read_text("utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
