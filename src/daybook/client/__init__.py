"""The Reports API as a client sees it, typed: Daybook's or any other server of the same contract."""

from daybook.client.errors import Refused
from daybook.client.reports import Exchange, ReportsClient

__all__ = ["Exchange", "Refused", "ReportsClient"]
