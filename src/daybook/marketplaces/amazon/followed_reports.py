"""Asks Amazon, or a Daybook, about reports: through the client of the Reports API, once for each look."""

from threading import Lock

from daybook.client.blocking import ReportsClient
from daybook.client.calls.retries import RetryPlan
from daybook.client.errors import NoSuchThing, Refused, Throttled, WrongAnswer
from daybook.kernel.errors import Conflict, Unavailable
from daybook.marketplaces.amazon.marketplace import server_of
from daybook.marketplaces.amazon.settings import AmazonSettings
from daybook.notifications.inbound.asking import Answer, Away, Link, NotKnown, Told
from daybook.notifications.inbound.status import FollowedStatus

THROTTLED_FOR = 30.0
"""Seconds for which nothing is asked after 429: Amazon gives a call back every half second, and does not say so."""
_ONCE = RetryPlan(tries=1)
_WORDS = {
    "DONE": FollowedStatus.READY,
    "CANCELLED": FollowedStatus.FAILED,
    "FATAL": FollowedStatus.FAILED,
}
_WRONG = 400


class AmazonReports:
    """Amazon, as lanes ask it about sellers' reports. Close it when done."""

    def __init__(self, settings: AmazonSettings) -> None:
        self._settings = settings
        self._sellers: dict[str, _Seller] = {}
        self._lock = Lock()

    def of(self, seller_id: str) -> "_Seller | None":
        """The seller's reports; None where no refresh token of its is set."""
        refresh_token = self._settings.refresh_tokens.get(seller_id)
        if refresh_token is None:
            return None
        with self._lock:
            if seller_id not in self._sellers:
                self._sellers[seller_id] = _Seller(self._settings, refresh_token)
            return self._sellers[seller_id]

    def close(self) -> None:
        """Gives back the connections."""
        for seller in self._sellers.values():
            seller.client.close()


class _Seller:
    """One seller's client."""

    def __init__(self, settings: AmazonSettings, refresh_token: str) -> None:
        server = server_of(settings)
        identity = settings.client_id, settings.client_secret, refresh_token
        self.client = ReportsClient.at(server, *identity, retries=_ONCE)

    def ask(self, report_id: str) -> Answer:
        """How it is with the report."""
        try:
            report = self.client.get_report(report_id)
        except NoSuchThing as error:
            return NotKnown(error.sentence)
        except Throttled as error:
            return Away(error.sentence, THROTTLED_FOR)
        except Refused as error:
            return Away(error.sentence, whole=error.status != _WRONG)
        except WrongAnswer as error:
            return Away(error.sentence, whole=False)
        except Unavailable as error:
            return Away(error.sentence)
        word = report.processingStatus
        status = _WORDS.get(word, FollowedStatus.WAITING)
        return Told(status, word, report.reportType, document_id=report.document_id)

    def link(self, report_id: str, document_id: str) -> Link:
        """Where the report's document can be downloaded. Raises what the client raises, and Conflict without one."""
        if not document_id:
            raise Conflict("The report has no document.", f"reportId: {report_id}")
        return Link(self.client.get_report_document(document_id).url)
