"""Rules about a report's range of data, as a row has them: `at most 60 days; not before 2 years = CANCELLED`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from daybook.reports.rules.answers import Answer
from daybook.reports.rules.calendar import Calendar, begins, count, ends, latest
from daybook.reports.rules.spans import Span, read_span

START, END = "dataStartTime", "dataEndTime"
PERIOD_OPTION = "reportPeriod"


@dataclass(frozen=True, slots=True)
class Range:
    """The range of data that a request has, when it was asked for, and its options, with defaults.

    `given` names the ends that the request gave; the others stand for what is taken in their place.
    """

    start: datetime
    end: datetime
    asked_at: datetime
    given: frozenset[str]
    options: Mapping[str, str]

    @property
    def told(self) -> str:
        """Both ends, for a person."""
        return f"It is {_told(self.start)} to {_told(self.end)}."

    @property
    def period(self) -> Calendar | None:
        """The value of reportPeriod; None where it is none."""
        value = self.options.get(PERIOD_OPTION.lower())
        return Calendar(value) if value in list(Calendar) else None


class Rule(Protocol):
    """One rule."""

    @property
    def sentence(self) -> str:
        """What must hold, in a sentence that begins elsewhere."""

    def broken(self, asked: Range) -> str | None:
        """What was given and what to do; None where the rule holds or cannot be judged."""


@dataclass(frozen=True, slots=True)
class BothEnds:
    """`both ends`."""

    sentence: str = f"{START} and {END} must both be given"

    def broken(self, asked: Range) -> str | None:
        missing = [name for name in (START, END) if name not in asked.given]
        return f"Give {' and '.join(missing)}." if missing else None


@dataclass(frozen=True, slots=True)
class SomeTime:
    """`a range`."""

    sentence: str = f"a range of data is needed: {START}, and a later {END}"

    def broken(self, asked: Range) -> str | None:
        return None if asked.start < asked.end else f"{asked.told} Give both, the end after the start."


@dataclass(frozen=True, slots=True)
class AtMost:
    """`at most 60 days`."""

    span: Span

    @property
    def sentence(self) -> str:
        return f"the range of data is {self.span} at most"

    def broken(self, asked: Range) -> str | None:
        last = self.span.after(asked.start)
        if last is None or asked.end <= last:
            return None
        return f"{asked.told} Ask for it in parts, the first until {_told(last)}."


@dataclass(frozen=True, slots=True)
class NotBefore:
    """`not before 18 months`."""

    span: Span

    @property
    def sentence(self) -> str:
        return f"the data begins {self.span} ago at most"

    def broken(self, asked: Range) -> str | None:
        first = self.span.before(asked.asked_at)
        if first is None or asked.start >= first:
            return None
        return f"{asked.told} Begin at {_told(first)} or later."


@dataclass(frozen=True, slots=True)
class OverFor:
    """`over for 60 minutes`."""

    span: Span

    @property
    def sentence(self) -> str:
        return f"the range of data has been over for {self.span}"

    def broken(self, asked: Range) -> str | None:
        last = self.span.before(asked.asked_at)
        if last is None or END not in asked.given or asked.end <= last:
            return None
        return f"{asked.told} End at {_told(last)} or before."


@dataclass(frozen=True, slots=True)
class WholeHours:
    """`whole hours`."""

    sentence: str = "the range of data begins and ends on a full hour of UTC"

    def broken(self, asked: Range) -> str | None:
        ends = {START: asked.start, END: asked.end}
        uneven = [name for name in ends if name in asked.given and ends[name] != _hour(ends[name])]
        return f"{asked.told} Set {' and '.join(uneven)} to a full hour." if uneven else None


@dataclass(frozen=True, slots=True)
class WholePeriods:
    """`whole periods`, or `one period`. The time of day does not count."""

    one: bool

    @property
    def sentence(self) -> str:
        number = "one whole" if self.one else "one or more whole"
        return f"the range of data is {number} {PERIOD_OPTION}, from its first day to its last (weeks begin on Sunday)"

    def broken(self, asked: Range) -> str | None:
        period = asked.period
        if period is None:
            return None
        first, last = asked.start.date(), asked.end.date()
        whole = begins(period, first) and ends(period, last)
        if whole and (not self.one or count(period, first, last) == 1):
            return None
        begun, ended = latest(period, asked.asked_at.date())
        return f"{asked.told} The latest {period} that is over is {begun} to {ended}."


@dataclass(frozen=True, slots=True)
class MostPeriods:
    """`at most 15 DAY 7 WEEK`."""

    most: tuple[tuple[int, Calendar], ...]

    @property
    def sentence(self) -> str:
        each = ", ".join(f"{number} by {period}" for number, period in self.most)
        return f"the range of data holds so many periods at most: {each}"

    def broken(self, asked: Range) -> str | None:
        for number, period in self.most:
            held = count(period, asked.start.date(), asked.end.date())
            if period is asked.period and held > number:
                return f"{asked.told} That is {held} by {period}. Ask for it in parts."
        return None


@dataclass(frozen=True, slots=True)
class ReadyOn:
    """`ready on day 3`."""

    day: int

    @property
    def sentence(self) -> str:
        return f"a month's data is there on day {self.day} of the next month"

    def broken(self, asked: Range) -> str | None:
        next_month = Span(1, "month").after(asked.start.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
        if next_month is None or START not in asked.given:
            return None
        ready = next_month.replace(day=self.day)
        return None if asked.asked_at >= ready else f"{asked.told} Ask for it at {_told(ready)} or later."


@dataclass(frozen=True, slots=True)
class With:
    """`with all=true both ends`: another rule, for requests with that option alone."""

    name: str
    value: str
    rule: Rule

    @property
    def sentence(self) -> str:
        return f"with the option {self.name}={self.value} {self.rule.sentence}"

    def broken(self, asked: Range) -> str | None:
        return self.rule.broken(asked) if asked.options.get(self.name.lower()) == self.value else None


@dataclass(frozen=True, slots=True)
class DateRule:
    """A rule as a row has it. `answer` is None where it is that of the row's other rules about dates."""

    text: str
    rule: Rule
    answer: Answer | None = None


def _most_periods(found: re.Match[str]) -> Rule:
    words = found[1].split()
    return MostPeriods(
        tuple((int(number), Calendar(name)) for number, name in zip(words[::2], words[1::2], strict=True))
    )


_PERIODS = "|".join(Calendar)
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Rule]], ...] = (
    (re.compile(r"both ends"), lambda _: BothEnds()),
    (re.compile(r"a range"), lambda _: SomeTime()),
    (re.compile(rf"at most ([1-9][0-9]* (?:{_PERIODS})(?: [1-9][0-9]* (?:{_PERIODS}))*)"), _most_periods),
    (re.compile(r"at most (.+)"), lambda found: AtMost(read_span(found[1]))),
    (re.compile(r"not before (.+)"), lambda found: NotBefore(read_span(found[1]))),
    (re.compile(r"over for (.+)"), lambda found: OverFor(read_span(found[1]))),
    (re.compile(r"whole hours"), lambda _: WholeHours()),
    (re.compile(r"(whole periods|one period)"), lambda found: WholePeriods(found[1] == "one period")),
    (re.compile(r"ready on day ([1-9]|1[0-9]|2[0-8])"), lambda found: ReadyOn(int(found[1]))),
    (re.compile(r"with (\w+)=(\w+) (.+)"), lambda found: With(found[1], found[2], _rule(found[3]))),
)


def _rule(text: str) -> Rule:
    for form, made in _FORMS:
        if found := form.fullmatch(text):
            return made(found)
    raise ValueError(f"{text!r} is no rule about dates; docs/report-types.md has them all")


def read_dates(text: str) -> tuple[DateRule, ...]:
    """The rules of a row, parted by semicolons. Raises ValueError with the reason."""
    return tuple(_date_rule(part.strip()) for part in text.split(";") if part.strip())


def _date_rule(text: str) -> DateRule:
    words, equals, answer = text.rpartition(" = ")
    if not equals:
        return DateRule(text, _rule(text))
    if answer not in list(Answer):
        raise ValueError(f"{answer!r} is no answer; there are {', '.join(Answer)}")
    return DateRule(words, _rule(words), Answer(answer))


def needs_given_ends(rule: Rule) -> bool:
    """Whether it can be judged only while it is known which ends were given: when a report is asked for."""
    return isinstance(rule, BothEnds) or (isinstance(rule, With) and needs_given_ends(rule.rule))


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _told(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
