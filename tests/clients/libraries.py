"""The two libraries from PyPI, unchanged, each pointed at a Daybook by what it offers for that."""

import ssl
import urllib.request
import zlib
from types import SimpleNamespace
from typing import Any

import spapi
from sp_api.api import Reports
from sp_api.auth import AccessTokenClient
from spapi.api.reports_v2021_06_30.reports_api import ReportsApi

from tests.clients.daybook import US, Served

GUNZIP = 31
NOBODY_TRUSTED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For plain HTTP: to read a machine's certificates takes longer than most tests."""


class PythonAmazonSpApi:
    """python-amazon-sp-api: the endpoint is a marketplace's, the token host a class's attribute."""

    def __init__(self, served: Served) -> None:
        scheme, _, host = served.url.partition("://")

        token_client = type("TokenClient", (AccessTokenClient,), {"scheme": f"{scheme}://", "host": host})
        marketplace = SimpleNamespace(endpoint=served.url, marketplace_id=US, region="us-east-1")
        self._reports: Any = Reports(
            marketplace,
            refresh_token=served.refresh_token,
            credentials={"lwa_app_id": served.client_id, "lwa_client_secret": served.client_secret},
            verify=ssl.create_default_context(cafile=served.certificate) if served.certificate else NOBODY_TRUSTED,
            auth_token_client_class=token_client,
        )

    def create_report(self, report_type: str) -> str:
        answer = self._reports.create_report(reportType=report_type, marketplaceIds=[US])
        return str(answer.payload["reportId"])

    def get_report(self, report_id: str) -> dict[str, object]:
        return dict(self._reports.get_report(report_id).payload)

    def get_reports(self, report_types: list[str]) -> list[str]:
        reports = self._reports.get_reports(reportTypes=report_types, pageSize=100).payload["reports"]
        return [report["reportId"] for report in reports]

    def cancel_report(self, report_id: str) -> None:
        self._reports.cancel_report(report_id)

    def create_schedule(self, report_type: str, period: str) -> str:
        answer = self._reports.create_report_schedule(reportType=report_type, marketplaceIds=[US], period=period)
        return str(answer.payload["reportScheduleId"])

    def get_schedule(self, schedule_id: str) -> dict[str, object]:
        return dict(self._reports.get_report_schedule(schedule_id).payload)

    def get_schedules(self, report_types: list[str]) -> list[str]:
        schedules = self._reports.get_report_schedules(reportTypes=report_types).payload["reportSchedules"]
        return [schedule["reportScheduleId"] for schedule in schedules]

    def cancel_schedule(self, schedule_id: str) -> None:
        self._reports.cancel_report_schedule(schedule_id)

    def download(self, document_id: str) -> bytes:
        document = self.document(document_id)
        return document if isinstance(document, bytes) else document.encode("utf-8")

    def document(self, document_id: str) -> str | bytes:
        answer = self._reports.get_report_document(document_id, download=True, decrypt=True)
        document: str | bytes = answer.payload["document"]
        return document

    def close(self) -> None:
        """The library leaves its connections to the garbage collector, which complains."""
        for part in (self._reports, self._reports._auth):  # noqa: SLF001
            part._transport._client.close()  # noqa: SLF001


class AmznSpApi:
    """amzn-sp-api: both addresses are arguments; what it downloads with is the user's own."""

    def __init__(self, served: Served) -> None:
        config = spapi.SPAPIConfig(
            client_id=served.client_id,
            client_secret=served.client_secret,
            refresh_token=served.refresh_token,
            region="NA",
        )
        trusting = spapi.Configuration()
        trusting.ssl_ca_cert = str(served.certificate) if served.certificate else None
        spapi.Configuration.set_default(trusting)
        client = spapi.SPAPIClient(config, oauth_endpoint=f"{served.url}/auth/o2/token", endpoint=served.url)
        self._reports: Any = ReportsApi(client.api_client)
        self._context = ssl.create_default_context(cafile=served.certificate) if served.certificate else None

    def create_report(self, report_type: str) -> str:
        return str(self._reports.create_report({"reportType": report_type, "marketplaceIds": [US]}).report_id)

    def get_report(self, report_id: str) -> dict[str, object]:
        report = self._reports.get_report(report_id)
        names = {"processingStatus": report.processing_status, "reportDocumentId": report.report_document_id}
        return {"reportId": report.report_id, "reportType": report.report_type, **names}

    def get_reports(self, report_types: list[str]) -> list[str]:
        return [report.report_id for report in self._reports.get_reports(report_types=report_types).reports]

    def cancel_report(self, report_id: str) -> None:
        self._reports.cancel_report(report_id)

    def create_schedule(self, report_type: str, period: str) -> str:
        body = {"reportType": report_type, "marketplaceIds": [US], "period": period}
        return str(self._reports.create_report_schedule(body).report_schedule_id)

    def get_schedule(self, schedule_id: str) -> dict[str, object]:
        schedule = self._reports.get_report_schedule(schedule_id)
        return {"reportScheduleId": schedule.report_schedule_id, "period": schedule.period}

    def get_schedules(self, report_types: list[str]) -> list[str]:
        found = self._reports.get_report_schedules(report_types=report_types).report_schedules
        return [schedule.report_schedule_id for schedule in found]

    def cancel_schedule(self, schedule_id: str) -> None:
        self._reports.cancel_report_schedule(schedule_id)

    def download(self, document_id: str) -> bytes:
        document = self._reports.get_report_document(document_id)
        with urllib.request.urlopen(document.url, context=self._context) as answer:
            content: bytes = answer.read()
        return zlib.decompress(content, GUNZIP) if document.compression_algorithm == "GZIP" else content

    def document(self, document_id: str) -> None:
        assert self._reports.get_report_document(document_id).url

    def close(self) -> None:
        """As above."""
        self._reports.api_client.rest_client.pool_manager.clear()
