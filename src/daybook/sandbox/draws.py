"""Which of a scenario's rules holds for a call: by counts and by the seed, never by the order in which calls arrive."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from daybook.reports.scenarios.draws import fraction, seconds
from daybook.sandbox.scenario import TOKEN, Scenario, Some

R = TypeVar("R", bound=Some)


class Turn(NamedTuple):
    """A call among others: the seller's how manieth of the operation, and how manieth for the item."""

    operation: str
    seller_id: str
    sku: str
    number: int
    of_item: int

    def chosen(self, scenario: Scenario, rules: Sequence[R], part: str) -> tuple[str, R] | None:
        """The first of the rules that holds for the call, with its name."""
        for place, rule in enumerate(rules):
            if self._is_meant(rule) and self._holds(rule, scenario.seed, f"{part} {place}"):
                return f"{part}[{place}]", rule
        return None

    def processing(self, scenario: Scenario) -> float:
        """Seconds until the change is in effect."""
        return seconds(scenario.processing, self._drawn(scenario.seed, "processing"))

    def _is_meant(self, rule: Some) -> bool:
        """Whether the rule is for the operation; one for all operations is not for tokens."""
        return rule.operation == self.operation or (rule.operation is None and self.operation != TOKEN)

    def _holds(self, rule: Some, seed: int, name: str) -> bool:
        if rule.first is not None:
            return self.number <= rule.first
        if rule.first_of_item is not None:
            return self.of_item <= rule.first_of_item
        return rule.share is None or self._drawn(seed, name) < rule.share

    def _drawn(self, seed: int, name: str) -> float:
        return fraction(seed, name, self.operation, self.seller_id, self.sku, self.of_item)


class Turns:
    """Counts calls. What the record tells of earlier ones is counted too, so that a restart goes on."""

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, str]] = Counter()
        self._items: Counter[tuple[str, str, str]] = Counter()

    def next(self, operation: str, seller_id: str, sku: str) -> Turn:
        """One more."""
        self._calls[operation, seller_id] += 1
        self._items[operation, seller_id, sku] += 1
        of_item = self._items[operation, seller_id, sku]
        return Turn(operation, seller_id, sku, self._calls[operation, seller_id], of_item)
