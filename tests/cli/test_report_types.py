"""`daybook reports types`."""

from pathlib import Path

import pytest

from tests.cli.typing_in import Shop, Terminal

SALES = "GET_SALES_AND_TRAFFIC_REPORT"
EXAMPLE = Path(__file__).parents[2] / "examples" / "report-types.csv"
OF = ("--seller", "A1SHOP")
IN_US = (*OF, "--marketplace", "US")


def found(terminal: Terminal, *words: str) -> list[str]:
    return [one["reportType"] for one in terminal.json("reports", "types", *words)]


def test_words_are_looked_for_in_names_categories_options_and_notes(nowhere: Terminal) -> None:
    assert found(nowhere, "settlement") == ["GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"]
    assert found(nowhere, "analytics.seller") == [SALES]
    assert found(nowhere, "distributorView", "business") == ["GET_VENDOR_SALES_REPORT"]
    assert found(nowhere, "comes", "empty") == ["GET_LEDGER_DETAIL_VIEW_DATA", "GET_LEDGER_SUMMARY_VIEW_DATA"]
    assert len(found(nowhere)) == 108


def test_one_type_is_shown_with_its_rules_in_sentences(nowhere: Terminal) -> None:
    told = " ".join(nowhere.done("reports", "types", SALES.lower()).out.split())
    for part in (
        "of report_types.csv, current: its rules bind",
        "dateGranularity DAY|WEEK|MONTH DAY",
        "- It takes exactly one marketplace; otherwise the report ends FATAL, and its document says why.",
        "- dataStartTime and dataEndTime must both be given; otherwise the request is refused (400).",
        "- The data begins 2 years ago at most; otherwise the report ends CANCELLED.",
        "- There are no other options; if one is given the report ends FATAL, and its document says why.",
    ):
        assert part in told


def test_one_type_is_told_whole_in_json(nowhere: Terminal) -> None:
    [told] = nowhere.json("reports", "types", "GET_ORDER_REPORT_DATA_TAX")
    facts = ("category", "requestable", "schedulable", "scheduleGroup", "restricted", "marketplaces", "status")
    assert [told[fact] for fact in facts] == ["order", "no", "yes", "order_tax", "token", "NA", "current"]
    assert (
        "Its schedule takes the place of any other of the group order_tax for the same marketplaces." in told["rules"]
    )
    [sales] = nowhere.json("reports", "types", SALES)
    assert sales["dates"] == [
        {"rule": "both ends", "answer": "400"},
        {"rule": "not before 2 years", "answer": "CANCELLED"},
    ]
    assert sales["options"][0] == {
        "name": "dateGranularity",
        "values": "DAY|WEEK|MONTH",
        "default": "DAY",
        "required": False,
    }


def test_a_removed_type_is_shown_by_its_whole_name_alone(nowhere: Terminal) -> None:
    assert found(nowhere, "PAN_EU") == ["GET_PAN_EU_OFFER_STATUS"]
    told = nowhere.done("reports", "types", "GET_MFN_PAN_EU_OFFER_STATUS").out
    assert "removed: it can neither be requested nor scheduled" in told
    assert "It is spelled GET_MFN_PANEU_OFFER_STATUS now." in told


def test_every_type_can_be_shown(nowhere: Terminal) -> None:
    for one in nowhere.json("reports", "types"):
        assert one["rules"] or one["requestable"] == one["schedulable"] == "no", one["reportType"]


def test_added_types_are_found_and_a_file_that_is_wrong_is_told_besides(nowhere: Terminal, tmp_path: Path) -> None:
    added = nowhere.having(DAYBOOK_REPORT_TYPES=str(EXAMPLE))
    assert "line 3 of report-types.csv, current" in added.done("reports", "types", "warehouse", "forecast").out
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("report_type,format\nGET_A,DOC\n")
    ran = nowhere.having(DAYBOOK_REPORT_TYPES=str(wrong))("reports", "types", "settlement")
    assert "Line 2 of wrong.csv is malformed" in ran.err
    assert "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2" in ran.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((SALES, "--start", "2026-01-01"), "dataStartTime and dataEndTime must both be given"),
        (("GET_XML_RETURNS_DATA_BY_RETURN_DATE", "--start", "2026-01-01", "--end", "2026-06-01"), "60 days at most"),
        (("GET_GST_STR_ADHOC",), "could not be applied to any marketplaces"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused_and_names_the_row(
    shop: Shop, words: tuple[str, ...], told: str
) -> None:
    ran = shop.terminal("reports", "request", *words, *OF)
    assert ran.code == 1
    assert told in " ".join(ran.err.split())
    assert "of report_types.csv, " in " ".join(ran.err.split())
    assert shop.terminal.json("reports", "list", *OF) == []


def test_a_request_with_a_warning_says_it_and_show_says_it_again(shop: Shop) -> None:
    words = ("reports", "request", "GET_MERCHANT_LISTINGS_ALL_DATA", *IN_US, "--option", "colour=red")
    warning = "GET_MERCHANT_LISTINGS_ALL_DATA: there is no option 'colour'."
    assert f"Warning: {warning}" in " ".join(shop.terminal.done(*words).err.split())
    made = shop.terminal.json(*words)
    assert [told.startswith(warning) for told in made["warnings"]] == [True]
    assert warning in " ".join(shop.terminal.done("reports", "show", made["reportId"], *OF).out.split())


def test_a_schedule_with_a_warning_says_it(shop: Shop) -> None:
    words = ("schedules", "create", "FEE_DISCOUNTS_REPORT", *OF, "--period", "PT1H")
    warning = "FEE_DISCOUNTS_REPORT: it is made anew once in 24 hours at most."
    assert f"Warning: {warning}" in " ".join(shop.terminal.done(*words).err.split())
    assert [told.startswith(warning) for told in shop.terminal.json(*words)["warnings"]] == [True]
