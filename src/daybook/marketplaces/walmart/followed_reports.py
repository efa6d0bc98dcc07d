"""The adapter: asks Walmart about reports, with an access token of the seller's own client.

Source: Walmart's OpenAPI documents of authentication and of on-request reports. It tries nothing twice but for one
thing: a call whose access token was refused goes once more with a new one.
"""

import base64
import time
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import quote

import httpx2
import msgspec

from daybook.client.calls.sending import USER_AGENT
from daybook.client.calls.tokens import LONGEST, MARGIN, Grant
from daybook.client.errors import Refused, WrongAnswer
from daybook.client.servers import is_this_machine
from daybook.client.surroundings import Surroundings
from daybook.client.wire.blocking import BlockingWire, drive
from daybook.client.wire.messages import SUCCESS, Incoming, NoAnswer, Outgoing
from daybook.kernel.errors import Unavailable
from daybook.kernel.ids import Ids
from daybook.marketplaces.walmart.answers import Download, told, words
from daybook.marketplaces.walmart.settings import WalmartCredentials, WalmartSettings
from daybook.notifications.inbound.asking import Answer, Away, Link
from daybook.shapes import decode

TOKEN = "/v3/token"  # noqa: S105  a path
REQUESTS = "/v3/reports/reportRequests"
DOWNLOAD = "/v3/reports/downloadReport"
_UNAUTHENTICATED = 401
_JSON = "application/json"


class WalmartReports:
    """Walmart, as lanes ask it about sellers' reports. Close it when done."""

    def __init__(
        self,
        settings: WalmartSettings,
        around: Surroundings | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._around = around or Surroundings()
        self._wire = BlockingWire(_http(settings, transport), time.sleep)
        self._sellers: dict[str, _Seller] = {}
        self._lock = Lock()

    def of(self, seller_id: str) -> "_Seller | None":
        """The seller's reports; None where no credentials of its are set."""
        credentials = self._settings.credentials.get(seller_id)
        if credentials is None:
            return None
        with self._lock:
            if seller_id not in self._sellers:
                self._sellers[seller_id] = _Seller(self._settings, credentials, self._wire, self._around)
            return self._sellers[seller_id]

    def close(self) -> None:
        """Gives back the connections."""
        drive(self._wire.close())


class _Seller:
    """One seller's client."""

    def __init__(
        self, settings: WalmartSettings, credentials: WalmartCredentials, wire: BlockingWire, around: Surroundings
    ) -> None:
        self._settings = settings
        self._endpoint = settings.endpoint.rstrip("/")
        self._credentials = credentials
        self._wire = wire
        self._around = around
        self._ids = Ids(around.randomness)
        self._token = ""
        self._good_until: datetime | None = None
        self._lock = Lock()

    def ask(self, report_id: str) -> Answer:
        """How it is with the report."""
        try:
            return told(report_id, self._get(f"{REQUESTS}/{quote(report_id, safe='')}"))
        except (Unavailable, WrongAnswer, Refused) as error:
            return Away(error.sentence)

    def link(self, report_id: str, document_id: str) -> Link:
        """Where the report can be downloaded. Raises Refused, Unavailable, WrongAnswer."""
        del document_id
        got = self._get(f"{DOWNLOAD}?requestId={quote(report_id, safe='')}")
        if got.status not in SUCCESS:
            raise Refused(got.status, "", f"Walmart answered {got.status}.", words(got.body))
        try:
            found = decode(got.body, Download)
        except msgspec.DecodeError as error:
            raise WrongAnswer("Walmart's answer cannot be read.", str(error)) from error
        return Link(found.downloadURL, found.downloadURLExpirationTime)

    def _get(self, path: str) -> Incoming:
        """The answer; to a second request where the first one's token is not good any more."""
        token = self._current()
        got = self._send("GET", path, {"WM_SEC.ACCESS_TOKEN": token})
        if got.status != _UNAUTHENTICATED:
            return got
        self._expired(token)
        return self._send("GET", path, {"WM_SEC.ACCESS_TOKEN": self._current()})

    def _current(self) -> str:
        """An access token. Raises Refused where the client is not good, Unavailable, WrongAnswer."""
        with self._lock:
            if self._good_until is None or self._around.now() >= self._good_until:
                self._renew()
            return self._token

    def _expired(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._good_until = None

    def _renew(self) -> None:
        asked_at = self._around.now()
        pair = f"{self._credentials.client_id}:{self._credentials.client_secret}".encode()
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        got = self._send("POST", TOKEN, headers, b"grant_type=client_credentials")
        if got.status not in SUCCESS:
            raise Refused(got.status, "", f"Walmart gave no access token and answered {got.status}.", words(got.body))
        try:
            grant = decode(got.body, Grant)
        except msgspec.DecodeError as error:
            raise WrongAnswer("Walmart's access token cannot be read.", str(error)) from error
        self._token = grant.access_token
        self._good_until = asked_at + timedelta(seconds=min(max(0, grant.expires_in), LONGEST)) - MARGIN

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Incoming:
        named = {
            "Accept": _JSON,
            "User-Agent": USER_AGENT,
            "WM_SVC.NAME": self._settings.service_name,
            "WM_QOS.CORRELATION_ID": self._ids.unique(),
        }
        try:
            return drive(self._wire.send(Outgoing(method, f"{self._endpoint}{path}", named | headers, body)))
        except NoAnswer as lost:
            raise Unavailable("Walmart does not answer.", lost.reason) from lost


def _http(settings: WalmartSettings, transport: httpx2.BaseTransport | None) -> httpx2.Client:
    return httpx2.Client(
        transport=transport,
        timeout=httpx2.Timeout(settings.answer_seconds, connect=settings.connect_seconds),
        trust_env=not is_this_machine(settings.endpoint),
    )
