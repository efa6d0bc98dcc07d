"""Sellers' connections to marketplaces, and the queue of Amazon's notifications: each opened when it is needed."""

import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from daybook.marketplaces.amazon.settings import AmazonSettings
from daybook.marketplaces.walmart.settings import WalmartSettings
from daybook.notifications.inbound.asking import Asked
from daybook.notifications.inbound.status import Source

if TYPE_CHECKING:
    from daybook.marketplaces.amazon.followed_reports import AmazonReports
    from daybook.marketplaces.amazon.marketplace import AmazonMarketplace
    from daybook.marketplaces.amazon.queues import AmazonQueue
    from daybook.marketplaces.walmart.followed_reports import WalmartReports


class Connections(AbstractContextManager["Connections"]):
    """Sellers' marketplaces, each opened when it is first spoken to."""

    def __init__(self, amazon: AmazonSettings | None, walmart: WalmartSettings | None, queue: str = "") -> None:
        self._amazon_settings = amazon
        self._queue_url = queue
        self._queue: AmazonQueue | None = None
        self._walmart_settings = walmart
        self._amazon: AmazonMarketplace | None = None
        self._reports: dict[Source, AmazonReports | WalmartReports] = {}
        self._opening = threading.Lock()

    def __call__(self, seller_id: str) -> "AmazonMarketplace | None":
        """Amazon, for sellers whose refresh token is set."""
        if self._amazon_settings is None or seller_id not in self._amazon_settings.refresh_tokens:
            return None
        from daybook.marketplaces.amazon.marketplace import (  # noqa: PLC0415  what sends nothing starts without it
            AmazonMarketplace,
        )

        with self._opening:
            self._amazon = self._amazon or AmazonMarketplace(self._amazon_settings)
            return self._amazon

    def reports(self, seller_id: str, source: Source) -> Asked | None:
        """Where a seller's reports are asked about; None where its credentials are not set."""
        with self._opening:
            found = self._reports.get(source) or self._opened(source)
            if found is None:
                return None
            self._reports[source] = found
        return found.of(seller_id)

    def queue(self) -> "AmazonQueue | None":
        """The queue that Amazon's notifications come in by. Raises Misconfigured where boto3 is not there."""
        if self._queue_url and self._queue is None:
            from daybook.marketplaces.amazon.queues import AmazonQueue  # noqa: PLC0415  what reads none does without

            self._queue = AmazonQueue(self._queue_url)
        return self._queue

    def _opened(self, source: Source) -> "AmazonReports | WalmartReports | None":
        if source is Source.WALMART and self._walmart_settings is not None:
            from daybook.marketplaces.walmart.followed_reports import (  # noqa: PLC0415  what asks nothing starts without it
                WalmartReports,
            )

            return WalmartReports(self._walmart_settings)
        if source is Source.AMAZON and self._amazon_settings is not None:
            from daybook.marketplaces.amazon.followed_reports import (  # noqa: PLC0415  what asks nothing starts without it
                AmazonReports,
            )

            return AmazonReports(self._amazon_settings)
        return None

    def __exit__(self, *_: object) -> None:
        for opened in (self._amazon, self._queue, *self._reports.values()):
            if opened is not None:
                opened.close()
