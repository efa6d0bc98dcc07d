"""The registry of report types."""

from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.kernel.errors import InvalidInput, Misconfigured
from daybook.reports.report_types import CONTENT_TYPES, ReportType, ReportTypes, read_report_types, report_types

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
HEADER = (
    "report_type,category,format,requestable,schedulable,made_by,schedule_group,audience,restricted,marketplace_rule,"
    "marketplaces,roles,date_range_rule,options"
)
ROW = "GET_A_REPORT,fba,TSV,yes,no,request,,seller,no,1-25,all,,,"


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
    assert len(names) == 107
    assert names == sorted(set(names))


@pytest.mark.parametrize("name", MADE_HERE)
def test_the_types_that_are_made_here_may_be_requested_and_take_the_first_marketplace(
    types: ReportTypes, name: str
) -> None:
    found = types.requestable(name)
    assert (found.format, found.category, found.marketplace_rule) == ("TSV", "inventory", "first")
    assert found.content_type == "text/plain; charset=UTF-8"


def test_of_the_types_that_are_made_here_the_listings_with_faults_alone_may_be_scheduled(types: ReportTypes) -> None:
    assert types.schedulable("GET_MERCHANTS_LISTINGS_FYP_REPORT").schedulable == "yes"
    for name in set(MADE_HERE) - {"GET_MERCHANTS_LISTINGS_FYP_REPORT"}:
        with pytest.raises(InvalidInput, match=f"Creation of report schedule type {name} is not allowed at this time"):
            types.schedulable(name)


@pytest.mark.parametrize("name", ["GET_NO_SUCH_DATA", "", "get_merchant_listings_data", "GET_EXCESS_INVENTORY_DATA"])
def test_an_unknown_or_removed_type_is_refused_in_amazons_words(types: ReportTypes, name: str) -> None:
    for refuse in (types.find, types.requestable, types.schedulable):
        with pytest.raises(InvalidInput) as raised:
            refuse(name)
        assert raised.value.code == "InvalidInput"
        assert raised.value.message == f"Invalid Report Type {name}"
        assert "report_types.csv" in raised.value.details


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
        assert types.schedulable(name).name == name
        with pytest.raises(InvalidInput) as raised:
            types.requestable(name)
        row = types.find(name).row
        assert raised.value.message == f"Request for report type {name} is not allowed at this time"
        assert raised.value.details == f"Line {row} of report_types.csv says that it cannot be requested; schedule it."
        assert lines[row].startswith(f"{name},")


@pytest.mark.parametrize("name", NEITHER)
def test_a_type_that_others_begin_is_refused_both_ways_and_told_whose_it_is(types: ReportTypes, name: str) -> None:
    for refuse, message in (
        (types.requestable, f"Request for report type {name} is not allowed at this time"),
        (types.schedulable, f"Creation of report schedule type {name} is not allowed at this time"),
    ):
        with pytest.raises(InvalidInput) as raised:
            refuse(name)
        assert raised.value.message == message
        assert raised.value.details.startswith(f"Line {types.find(name).row} of report_types.csv")
        assert f"{NEITHER[name]}: look for it with getReports." in raised.value.details


def test_no_other_type_is_refused_both_ways(types: ReportTypes) -> None:
    assert {each.name for each in types if each.requestable == each.schedulable == "no"} == set(NEITHER)


def test_a_type_that_can_only_be_requested_is_told_so(types: ReportTypes) -> None:
    with pytest.raises(InvalidInput) as raised:
        types.schedulable("GET_AFN_INVENTORY_DATA")
    assert raised.value.details.endswith("says that it cannot be scheduled; request it with createReport.")


def test_what_the_table_does_not_know_it_does_not_forbid(types: ReportTypes) -> None:
    unknown = [each.name for each in types if "unknown" in (each.requestable, each.schedulable)]
    assert len(unknown) == 4
    assert {types.schedulable(name).name for name in unknown} == set(unknown)
    assert types.requestable("GST_MTR_STOCK_TRANSFER_REPORT").requestable == "unknown"


def test_families_of_order_reports_share_a_schedule_and_no_others_do(types: ReportTypes) -> None:
    groups: dict[str, set[str]] = {}
    for each in types:
        groups.setdefault(each.schedule_group, set()).add(each.name)
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


def test_a_search_finds_types_by_words_of_name_and_category(types: ReportTypes) -> None:
    assert [each.name for each in types.search("listings INVENTORY fyp")] == ["GET_MERCHANTS_LISTINGS_FYP_REPORT"]
    assert {each.category for each in types.search("settlement")} == {"settlement"}
    assert types.search("no such thing") == []
    assert len(types.search("")) == 107


def test_more_types_join_those_of_the_table() -> None:
    (base,) = read_report_types(f"{HEADER}\n{ROW}\n")
    types = report_types([replace(base, name="GET_OUR_OWN_REPORT", row=0)])
    assert types.find("GET_OUR_OWN_REPORT").row == 0
    assert "GET_OUR_OWN_REPORT" in types
    assert len(list(types)) == 108


def test_a_type_that_is_there_twice_is_refused() -> None:
    (base,) = read_report_types(f"{HEADER}\n{ROW}\n")
    with pytest.raises(Misconfigured, match="two report types GET_MERCHANT_LISTINGS_DATA") as raised:
        report_types([replace(base, name="GET_MERCHANT_LISTINGS_DATA", row=0)])
    assert "of report_types.csv, the other an added one" in raised.value.details
    with pytest.raises(Misconfigured, match="two report types GET_A_REPORT"):
        ReportTypes(read_report_types(f"{HEADER}\n{ROW}\n{ROW}\n"))


def test_a_row_is_read_whole() -> None:
    row = 'GET_B,tax,CSV,no,unknown,amazon,group,vendor,role,ignored,IN,"Pricing, Tax","one, two",a!=1|2'
    assert read_report_types(f"{HEADER}\n{row}\n") == [
        ReportType(
            name="GET_B",
            category="tax",
            format="CSV",
            requestable="no",
            schedulable="unknown",
            made_by="amazon",
            schedule_group="group",
            audience="vendor",
            restricted="role",
            marketplace_rule="ignored",
            marketplaces="IN",
            roles="Pricing, Tax",
            date_range_rule="one, two",
            options="a!=1|2",
            row=2,
        )
    ]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "the header must be"),
        (f"{ROW}\n", 1, "the header must be"),
        (f"{HEADER},more\n{ROW}\n", 1, "the header must be"),
        (f"{HEADER}\n{ROW}\n{ROW},surplus\n", 3, "15 cells for 14 columns"),
        (f"{HEADER}\nGET_A\n", 2, "1 cells for 14 columns"),
        (f"{HEADER}\n\n{ROW}\n", 2, "0 cells"),
        (f"{HEADER}\n{ROW.replace('TSV', 'DOC')}\n", 2, "DOC"),
        (f"{HEADER}\n{ROW.replace('yes', 'maybe')}\n", 2, "maybe"),
        (f"{HEADER}\n{ROW.replace('1-25', 'all')}\n", 2, "marketplace_rule"),
        (f"{HEADER}\n{ROW.replace('GET_A_REPORT', 'get_a')}\n", 2, "'get_a' is not a report type's name"),
        (f"{HEADER}\n{ROW.replace('GET_A_REPORT', '')}\n", 2, "'' is not a report type's name"),
        (f'{HEADER}\n{ROW}\n"open\n', 3, "unexpected end of data"),
    ],
)
def test_a_malformed_table_is_refused_with_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        read_report_types(text)
    assert raised.value.message.startswith(f"Line {line} of report_types.csv is malformed: ")
    assert why in raised.value.message
