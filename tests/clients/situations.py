"""Every situation that a client of the Reports API meets, and what the client is to make of it.

The scenarios are those of examples/scenarios.toml, a few of them changed. A story is what a program does in turn:
`make` a report, `find` one, or let so many seconds pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.clients.practice import EXAMPLE, Practice
from tests.clients.programs import Program, amzn_sp_api, awaiting, blocking, python_amazon_sp_api

PROGRAMS = {
    "python-amazon-sp-api": python_amazon_sp_api,
    "amzn-sp-api": amzn_sp_api,
    "blocking": blocking,
    "awaiting": awaiting,
}
THE_DOCUMENT = "the document"
MAKE, FIND = "make", "find"
Step = str | float
MINUTES = 60.0


@dataclass(frozen=True, slots=True)
class Situation:
    """What is met, in which scenario, and what `daybook.client` is to tell at each step that makes or finds."""

    name: str
    report_type: str
    right: tuple[str, ...] = (THE_DOCUMENT,)
    story: tuple[Step, ...] = (MAKE,)
    changed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def scenario(self) -> dict[str, Any]:
        """The scenario, for any seller."""
        return {**EXAMPLE[self.report_type], **self.changed}

    @property
    def expected(self) -> str:
        """The text of its documents."""
        return next((str(ending["text"]) for ending in self.scenario["endings"] if ending["status"] == "DONE"), "")

    def tell(self, program: Program, practice: Practice) -> tuple[str, ...]:
        """What a program came to, step by step."""
        told = []
        for step in self.story:
            if isinstance(step, float):
                practice.pass_time(step)
            else:
                told.append(getattr(program, step)(self.report_type, self.expected))
        return tuple(told)


SITUATIONS = (
    Situation("half a minute IN_QUEUE, two minutes IN_PROGRESS", "GET_AFN_INVENTORY_DATA"),
    Situation("forty minutes IN_QUEUE", "GET_AFN_INVENTORY_DATA", changed={"inQueue": 2400}),
    Situation("CANCELLED: there is nothing to report", "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA", ("`NoData`",)),
    Situation(
        "FATAL, with a document that says why",
        "GET_FBA_REIMBURSEMENTS_DATA",
        ("`ReportFatal`: The report data for the requested date range is not yet available.",),
    ),
    Situation("FATAL, without a document", "GET_FBA_RECOMMENDED_REMOVAL_DATA", ("`ReportFatal`",)),
    Situation(
        "FATAL, with a plain sentence that is said to be GZIP",
        "GET_FBA_INVENTORY_PLANNING_DATA",
        ("`ReportFatal`: The requested data is unavailable.",),
    ),
    Situation(
        "asked for four times in half an hour: DONE, CANCELLED, FATAL, 429",
        "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA",
        (THE_DOCUMENT, "`AskedTooSoon`", "`ReportFatal`", "`Throttled`"),
        (MAKE,) * 4,
    ),
    Situation(
        "two of a type in a quarter of an hour: the third is refused, and later is not",
        "GET_SELLER_FEEDBACK_DATA",
        (THE_DOCUMENT, THE_DOCUMENT, "`Throttled`", THE_DOCUMENT),
        (MAKE, MAKE, MAKE, 15 * MINUTES, MAKE),
        {"quota": {"requests": 2, "minutes": 15}},
    ),
    Situation(
        "two of a type in a day: the third is refused, and the next day is not",
        "GET_SELLER_FEEDBACK_DATA",
        (THE_DOCUMENT, THE_DOCUMENT, "`Throttled`", THE_DOCUMENT),
        (MAKE, MAKE, MAKE, 30 * MINUTES, MAKE),
        {"quota": {"perDay": 2}},
    ),
    Situation("429, the first two of each call", "GET_STRANDED_INVENTORY_UI_DATA"),
    Situation(
        "500, the first createReport",
        "GET_STRANDED_INVENTORY_LOADER_DATA",
        changed={"answers": [{"operation": "createReport", "status": 500, "first": 1}]},
    ),
    Situation("500, the first two getReport and getReportDocument", "GET_STRANDED_INVENTORY_LOADER_DATA"),
    Situation("503 with a body in HTML, likewise", "GET_RESTOCK_INVENTORY_RECOMMENDATIONS_REPORT"),
    Situation("the access token expires midway, before its time", "GET_EPR_QUARTERLY_REPORTS"),
    Situation(
        "404 from getReport for a while after createReport",
        "GET_REFERRAL_FEE_PREVIEW_REPORT",
        changed={"unknownSeconds": 45},
    ),
    Situation("a document that is not GZIP though it says so", "GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_SALES_DATA"),
    Situation("a document in Cp1252, and said to be", "GET_MERCHANT_LISTINGS_DATA_LITE"),
    Situation("a document in Windows-31J, and said to be", "GET_MERCHANT_LISTINGS_DATA_LITER"),
    Situation("the first download is cut in the middle", "GET_FBA_STORAGE_FEE_CHARGES_DATA"),
    Situation("the first link has expired when it arrives", "GET_FBA_OVERAGE_FEE_CHARGES_DATA"),
    Situation(
        "two nearly identical requests, which share a document",
        "GET_MERCHANT_CANCELLED_LISTINGS_DATA",
        (THE_DOCUMENT, THE_DOCUMENT),
        (MAKE, MAKE),
    ),
    Situation(
        "a report that another application made",
        "GET_FBA_FULFILLMENT_REMOVAL_ORDER_DETAIL_DATA",
        story=(20 * MINUTES, FIND),
    ),
)


def come_to(number: int, name: str, practice: Practice, folder: Path) -> tuple[str, ...]:
    """What a program comes to in a situation, as a seller of its own."""
    situation = SITUATIONS[number]
    with practice.scenario(f"A{number}{name.replace('-', '').upper()}", situation.scenario) as served:
        program = PROGRAMS[name](served, practice, folder)
        try:
            return situation.tell(program, practice)
        finally:
            program.close()
