"""The rules of a report type as a person reads them, with what follows where one is broken."""

from collections.abc import Iterator

from daybook.reports.rows import ReportType
from daybook.reports.rules.answers import SHOWS, Answer, Kind

_MARKETPLACES = {
    "exactly-1": "It takes exactly one marketplace",
    "first": "Of several marketplaces only the first counts",
    "option": "The marketplace is that of the option MarketplaceId; those of the request do not count",
    "ignored": "The marketplaces of the request do not count",
}


def sentences(of: ReportType) -> Iterator[str]:
    """Each rule in a sentence; a type that is removed has none any more."""
    if of.status == "removed":
        return
    yield from _marketplaces(of)
    for each in of.dates:
        yield _sentence(_begun(each.rule.sentence), of.answer_of(each))
    if of.options:
        if any(option.required or option.allowed or option.longest for option in of.options):
            yield _sentence("The required options are given, and the values are as listed", of.answer(Kind.OPTIONS))
        yield _sentence("There are no other options", of.answer(Kind.UNKNOWN), "if one is given")
    elif of.requestable != "no" or of.schedulable != "no":
        yield _sentence("It has no options", of.answer(Kind.UNKNOWN), "if one is given")
    if of.every and of.schedulable != "no":
        yield _sentence(f"A schedule asks for it once in {of.every} at most", of.answer(Kind.PERIOD))
    if of.group != of.name:
        yield f"Its schedule takes the place of any other of the group {of.group} for the same marketplaces."


def _marketplaces(of: ReportType) -> Iterator[str]:
    if of.marketplaces != "all" and of.marketplace_rule not in ("option", "ignored"):
        answer = Answer.REFUSED if of.status == "current" else Answer.WARNING
        yield _sentence(f"It is there in {of.marketplaces}", answer, "of other marketplaces")
    if of.marketplace_rule == "exactly-1":
        yield _sentence(_MARKETPLACES[of.marketplace_rule], of.answer(Kind.MARKETPLACES))
    elif of.marketplace_rule in _MARKETPLACES:
        yield f"{_MARKETPLACES[of.marketplace_rule]}."


def _begun(sentence: str) -> str:
    """With a capital, unless it begins with a member's name."""
    return sentence if sentence.startswith("data") else sentence[0].upper() + sentence[1:]


def _sentence(rule: str, answer: Answer, where: str = "otherwise") -> str:
    return f"{rule}; {where} {SHOWS[answer]}."
