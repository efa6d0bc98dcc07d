"""The registry of report types."""

from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.errors import InvalidInput, Misconfigured
from daybook.reports.report_types import ReportTypes, not_requestable, not_schedulable, report_types
from daybook.reports.rows import CONTENT_TYPES, ReportType, read_report_types
from daybook.reports.rules.answers import Answer, Kind
from daybook.reports.rules.dates import read_dates
from daybook.reports.rules.options import read_options
from daybook.reports.rules.spans import Span

MADE_HERE = [
    "GET_FLAT_FILE_OPEN_LISTINGS_DATA",
    "GET_MERCHANTS_LISTINGS_FYP_REPORT",
    "GET_MERCHANT_LISTINGS_ALL_DATA",
    "GET_MERCHANT_LISTINGS_DATA",
    "GET_MERCHANT_LISTINGS_INACTIVE_DATA",
]
SCHEDULE_ONLY = [
    "GET_ORDER_REPORT_DATA_INVOICING",
    "GET_ORDER_REPORT_DATA_SHIPPING",
    "GET_ORDER_REPORT_DATA_TAX",
    "GET_PENDING_ORDERS_DATA",
    "GST_MTR_B2B",
    "GST_MTR_B2C",
]
NEITHER = {
    "GET_DATE_RANGE_FINANCIAL_HOLDS_DATA": "the seller asks for it in Seller Central",
    "GET_FLAT_FILE_SALES_TAX_DATA": "the seller asks for it in Seller Central",
    "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2": "Amazon makes it by itself",
}
HEADER = "report_type,category,format,requestable,marketplace_rule"
ROW = "GET_A_REPORT,fba,TSV,yes,1-25"


@pytest.fixture(scope="module")
def types() -> ReportTypes:
    return report_types()


@pytest.fixture(scope="module")
def lines() -> dict[int, str]:
    """The data file's rows, told apart by hand."""
    text = (files("daybook.reports") / "report_types.csv").read_text("utf-8")
    return {number: line for number, line in enumerate(text.split("\n"), 1) if line}


def test_every_current_report_type_is_there_in_order(types: ReportTypes) -> None:
    names = [report_type.name for report_type in types]
    assert len(names) == 108
    assert names == sorted(set(names))


@pytest.mark.parametrize("name", MADE_HERE)
def test_the_types_that_are_made_here_may_be_requested_and_take_the_first_marketplace(
    types: ReportTypes, name: str
) -> None:
    found = types.find(name)
    assert not_requestable(found) is None
    assert (found.format, found.category, found.marketplace_rule) == ("TSV", "inventory", "first")
    assert found.content_type == "text/plain; charset=UTF-8"


def test_of_the_types_that_are_made_here_the_listings_with_faults_alone_may_be_scheduled(types: ReportTypes) -> None:
    assert not_schedulable(types.find("GET_MERCHANTS_LISTINGS_FYP_REPORT")) is None
    for name in set(MADE_HERE) - {"GET_MERCHANTS_LISTINGS_FYP_REPORT"}:
        refused = not_schedulable(types.find(name))
        assert refused is not None
        assert refused.message == f"Creation of report schedule type {name} is not allowed at this time"


@pytest.mark.parametrize("name", ["GET_NO_SUCH_DATA", "", "get_merchant_listings_data", "GET_EXCESS_INVENTORY_DATA"])
def test_an_unknown_or_removed_type_is_refused_in_amazons_words(types: ReportTypes, name: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        types.find(name)
    assert raised.value.code == "InvalidInput"
    assert raised.value.message == f"Invalid Report Type {name}"
    assert "report_types.csv" in raised.value.details


def test_a_removed_type_is_told_what_became_of_it(types: ReportTypes, lines: dict[int, str]) -> None:
    [removed] = types.search("get_mfn_pan_eu_offer_status")
    assert (removed.status, removed.name in types, removed in list(types)) == ("removed", False, False)
    assert lines[removed.row].startswith("GET_MFN_PAN_EU_OFFER_STATUS,removed,")
    with pytest.raises(InvalidInput) as raised:
        types.find(removed.name)
    assert raised.value.details.endswith("what became of it: It is spelled GET_MFN_PANEU_OFFER_STATUS now.")


def test_a_misspelt_type_is_told_the_nearest_one(types: ReportTypes) -> None:
    with pytest.raises(InvalidInput) as raised:
        types.find("GET_MERCHANT_LISTING_ALL_DATA")
    assert "Did you mean GET_MERCHANT_LISTINGS_ALL_DATA?" in raised.value.details


@given(st.text(min_size=101))
def test_a_long_name_is_not_told_back_whole(name: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        report_types().find(name)
    assert raised.value.message == f"Invalid Report Type {name[:100]}"


def test_a_type_that_can_only_be_scheduled_is_refused_with_the_line_of_its_row(
    types: ReportTypes, lines: dict[int, str]
) -> None:
    assert [each.name for each in types if each.requestable == "no" and each.schedulable == "yes"] == SCHEDULE_ONLY
    for name in SCHEDULE_ONLY:
        assert not_schedulable(types.find(name)) is None
        refused = not_requestable(types.find(name))
        assert refused is not None
        row = types.find(name).row
        assert refused.message == f"Request for report type {name} is not allowed at this time"
        assert refused.details == f"Line {row} of report_types.csv says that it cannot be requested; schedule it."
        assert lines[row].startswith(f"{name},")


@pytest.mark.parametrize("name", NEITHER)
def test_a_type_that_others_begin_is_refused_both_ways_and_told_whose_it_is(types: ReportTypes, name: str) -> None:
    for refuse, message in (
        (not_requestable, f"Request for report type {name} is not allowed at this time"),
        (not_schedulable, f"Creation of report schedule type {name} is not allowed at this time"),
    ):
        refused = refuse(types.find(name))
        assert refused is not None
        assert refused.message == message
        assert refused.details.startswith(f"Line {types.find(name).row} of report_types.csv")
        assert f"{NEITHER[name]}: look for it with getReports." in refused.details


def test_no_other_type_is_refused_both_ways(types: ReportTypes) -> None:
    assert {each.name for each in types if each.requestable == each.schedulable == "no"} == set(NEITHER)


def test_a_type_that_can_only_be_requested_is_told_so(types: ReportTypes) -> None:
    refused = not_schedulable(types.find("GET_AFN_INVENTORY_DATA"))
    assert refused is not None
    assert refused.details.endswith("says that it cannot be scheduled; request it with createReport.")


def test_what_the_table_does_not_know_it_does_not_forbid(types: ReportTypes) -> None:
    unknown = [each.name for each in types if "unknown" in (each.requestable, each.schedulable)]
    assert len(unknown) == 4
    assert [not_schedulable(types.find(name)) for name in unknown] == [None] * 4
    assert not_requestable(types.find("GST_MTR_STOCK_TRANSFER_REPORT")) is None


def test_families_of_order_reports_share_a_schedule_and_no_others_do(types: ReportTypes) -> None:
    groups: dict[str, set[str]] = {}
    for each in types:
        groups.setdefault(each.group, set()).add(each.name)
    assert {group: names for group, names in groups.items() if len(names) > 1} == {
        f"order_{kind.lower()}": {f"GET_FLAT_FILE_ORDER_REPORT_DATA_{kind}", f"GET_ORDER_REPORT_DATA_{kind}"}
        for kind in ("INVOICING", "SHIPPING", "TAX")
    }
    assert all(names == {group} for group, names in groups.items() if len(names) == 1)


def test_every_type_has_a_content_type_and_text_names_its_charset(types: ReportTypes) -> None:
    for each in types:
        assert each.content_type == CONTENT_TYPES[each.format]
        assert each.format in ("XLSX", "PDF", "unknown") or each.content_type.endswith("; charset=UTF-8")


def test_restricted_types_are_known(types: ReportTypes) -> None:
    assert sum(each.restricted == "token" for each in types) == 13
    assert sum(each.restricted == "role" for each in types) == 10
    assert sum(each.marketplace_rule == "exactly-1" for each in types) == 11
    assert sum(each.marketplace_rule == "first" for each in types) == 9


def test_a_search_finds_types_by_words_of_name_category_options_and_note(types: ReportTypes) -> None:
    assert [each.name for each in types.search("listings INVENTORY fyp")] == ["GET_MERCHANTS_LISTINGS_FYP_REPORT"]
    assert {each.category for each in types.search("settlement")} == {"settlement"}
    assert {each.name for each in types.search("PANEU offer")} == {"GET_MFN_PANEU_OFFER_STATUS"}
    assert {each.name for each in types.search("distributorview manufacturing")} == {
        "GET_VENDOR_INVENTORY_REPORT",
        "GET_VENDOR_SALES_REPORT",
    }
    assert [each.name for each in types.search("2013-02-28")] == ["GET_FBA_FULFILLMENT_CUSTOMER_TAXES_DATA"]
    assert [each.name for each in types.search(" get_merchant_listings_data ")] == ["GET_MERCHANT_LISTINGS_DATA"]
    assert types.search("no such thing") == []
    assert len(types.search("")) == 108


def test_more_types_join_those_of_the_table() -> None:
    (base,) = read_report_types(f"{HEADER}\n{ROW}\n")
    types = report_types([replace(base, name="GET_OUR_OWN_REPORT", row=0)])
    assert types.find("GET_OUR_OWN_REPORT").row == 0
    assert "GET_OUR_OWN_REPORT" in types
    assert len(list(types)) == 109


def test_a_type_that_is_there_twice_is_refused() -> None:
    (base,) = read_report_types(f"{HEADER}\n{ROW}\n")
    with pytest.raises(Misconfigured, match="two report types GET_MERCHANT_LISTINGS_DATA") as raised:
        report_types([replace(base, name="GET_MERCHANT_LISTINGS_DATA", row=0)])
    assert "of report_types.csv, the other an added one" in raised.value.details
    with pytest.raises(Misconfigured, match="two report types GET_A_REPORT"):
        ReportTypes(read_report_types(f"{HEADER}\n{ROW}\n{ROW}\n"))


WHOLE = """\
report_type,status,category,format,requestable,schedulable,made_by,schedule_group,every,audience,restricted,\
marketplace_rule,marketplaces,roles,dates,options,answers,charset,note
GET_B,unsure,tax,CSV,no,unknown,amazon,group,4 hours,vendor,role,ignored,IN,"Pricing, Tax",at most 60 days,a!=1|2,\
dates=FATAL,Cp1252,"One, two."
"""


def test_a_row_is_read_whole() -> None:
    assert read_report_types(WHOLE) == [
        ReportType(
            name="GET_B",
            status="unsure",
            category="tax",
            format="CSV",
            requestable="no",
            schedulable="unknown",
            made_by="amazon",
            schedule_group="group",
            every=Span(4, "hour"),
            audience="vendor",
            restricted="role",
            marketplace_rule="ignored",
            marketplaces="IN",
            roles="Pricing, Tax",
            dates=read_dates("at most 60 days"),
            options=read_options("a!=1|2"),
            answers={Kind.DATES: Answer.FATAL},
            charset="Cp1252",
            note="One, two.",
            row=2,
        )
    ]


def test_what_a_table_leaves_out_is_the_usual() -> None:
    assert read_report_types("format,report_type\n,GET_B\n\nTSV,GET_C\n", "own.csv") == [
        ReportType("GET_B", row=2, file="own.csv"),
        ReportType("GET_C", format="TSV", row=4, file="own.csv"),
    ]


def test_only_what_is_current_binds(types: ReportTypes) -> None:
    assert {each.status for each in types} == {"current", "unsure"}
    for each in types:
        binds = {each.answer(kind) for kind in Kind} | {each.answer_of(rule) for rule in each.dates}
        assert each.status == "current" or binds == {Answer.WARNING}


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "report_type must be one"),
        (f"{ROW}\n", 1, "'GET_A_REPORT' is no column"),
        (f"{HEADER},more\n{ROW}\n", 1, "'more' is no column"),
        (f"{HEADER},format\n{ROW},TSV\n", 1, "the column format is there twice"),
        (f"{HEADER}\n{ROW}\n{ROW},surplus\n", 3, "6 cells for 5 columns"),
        (f"{HEADER}\nGET_A\n", 2, "1 cells for 5 columns"),
        (f"{HEADER}\n{ROW.replace('TSV', 'DOC')}\n", 2, "the format 'DOC' is none of TSV, CSV"),
        (f"{HEADER}\n{ROW.replace('yes', 'maybe')}\n", 2, "the requestable 'maybe' is none of yes, no, unknown"),
        (f"{HEADER}\n{ROW.replace('1-25', 'all')}\n", 2, "marketplace_rule"),
        (f"{HEADER}\n{ROW.replace('GET_A_REPORT', 'get_a')}\n", 2, "'get_a' is not a report type's name"),
        (f"{HEADER}\n{ROW.replace('GET_A_REPORT', '')}\n", 2, "'' is not a report type's name"),
        (f'{HEADER}\n{ROW}\n"open\n', 3, "unexpected end of data"),
        ("report_type,dates\nGET_A,at most some days\n", 2, "'some days' is no span of time, such as 60 days"),
        ("report_type,dates\nGET_A,sometimes\n", 2, "'sometimes' is no rule about dates"),
        ("report_type,dates\nGET_A,both ends = 500\n", 2, "'500' is no answer; there are 400, FATAL"),
        ("report_type,dates\nGET_A,both ends = FATAL\n", 2, "of `both ends` the answer is 400 or warning"),
        ("report_type,dates,answers\nGET_A,with a=1 both ends,dates=FATAL\n", 2, "of `both ends` the answer is 400"),
        ("report_type,options\nGET_A,order\n", 2, "an option is NAME=VALUES"),
        ("report_type,answers\nGET_A,weather=FATAL\n", 2, "'weather=FATAL' is not KIND=ANSWER"),
        ("report_type,answers\nGET_A,type=warning\n", 2, "'type=warning' is not KIND=ANSWER"),
        ("report_type,answers\nGET_A,period=FATAL\n", 2, "a period is answered with 400 or warning"),
        ("report_type,marketplaces\nGET_A,EU XX\n", 2, "'XX' is no country or region"),
        ("report_type,every\nGET_A,often\n", 2, "'often' is no span of time"),
        ("report_type,charset\nGET_A,latin-99\n", 2, "'latin-99' is no charset"),
    ],
)
def test_a_malformed_table_is_refused_with_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        read_report_types(text)
    assert raised.value.message.startswith(f"Line {line} of report_types.csv is malformed: ")
    assert why in raised.value.message
