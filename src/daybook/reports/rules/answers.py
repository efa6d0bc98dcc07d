"""What becomes of a request that breaks a rule of its report type.

Amazon does not refuse everything at once: much of what is wrong is taken, and shows at the report's end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from daybook.kernel.errors import InvalidInput


class Answer(StrEnum):
    """How a broken rule shows."""

    REFUSED = "400"
    FATAL = "FATAL"
    CANCELLED = "CANCELLED"
    DONE = "DONE"
    WARNING = "warning"


class Kind(StrEnum):
    """What a rule is about."""

    TYPE = "type"
    MARKETPLACES = "marketplaces"
    DATES = "dates"
    OPTIONS = "options"
    UNKNOWN = "unknown"  # an option that the type does not have
    PERIOD = "period"


SHOWS: Mapping[Answer, str] = {
    Answer.REFUSED: "the request is refused (400)",
    Answer.FATAL: "the report ends FATAL, and its document says why",
    Answer.CANCELLED: "the report ends CANCELLED",
    Answer.DONE: "the report is DONE, but its document holds the error instead of data",
    Answer.WARNING: "the request is taken, with a warning",
}
"""What follows of each, in a sentence that begins elsewhere."""

USUAL: Mapping[Kind, Answer] = {
    Kind.TYPE: Answer.REFUSED,
    Kind.MARKETPLACES: Answer.REFUSED,
    Kind.DATES: Answer.REFUSED,
    Kind.OPTIONS: Answer.REFUSED,
    Kind.UNKNOWN: Answer.WARNING,
    Kind.PERIOD: Answer.WARNING,
}
"""What follows where a row does not say otherwise.

Amazon takes options that a type does not have (amzn/selling-partner-api-models#368) and leaves them out of account.
"""


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a request breaks: how that shows, the rule in a sentence, and what was given and what to do."""

    kind: Kind
    answer: Answer
    message: str
    details: str

    @property
    def sentence(self) -> str:
        """All of it, for a ledger, a document, or a person."""
        return f"{self.message} {self.details}"


def read_answers(text: str) -> Mapping[Kind, Answer]:
    """The answers of a row: `marketplaces=FATAL dates=warning`. Raises ValueError with the reason."""
    answers: dict[Kind, Answer] = {}
    for word in text.split():
        kind, equals, answer = word.partition("=")
        if not equals or kind not in list(Kind)[1:] or answer not in list(Answer):
            kinds, known = ", ".join(list(Kind)[1:]), ", ".join(Answer)
            raise ValueError(f"{word!r} is not KIND=ANSWER; kinds are {kinds}; answers are {known}")
        answers[Kind(kind)] = Answer(answer)
    if answers.get(Kind.PERIOD, Answer.REFUSED) not in (Answer.REFUSED, Answer.WARNING):
        raise ValueError("a period is answered with 400 or warning: it is asked for before there is a report")
    return answers


def refusal(errors: Sequence[InvalidInput]) -> InvalidInput:
    """One error that tells all of them."""
    if len(errors) == 1:
        return errors[0]
    told = "; ".join(error.message.removesuffix(".") for error in errors)
    return InvalidInput(
        f"{len(errors)} rules are broken: {told}.",
        " ".join(f"{number}. {error.details}" for number, error in enumerate(errors, 1)),
    )
