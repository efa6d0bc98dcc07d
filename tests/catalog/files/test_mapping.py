"""Which column goes where."""

import pytest

from daybook.catalog.files.mapping import TARGETS, parse_mapping
from daybook.kernel.errors import InvalidInput
from tests.catalog.files.reading import drafts


def test_options_are_target_and_source_column() -> None:
    assert parse_mapping(["sku=id", "item_name = Name=Full "]) == {"sku": "id", "item-name": "Name=Full"}


@pytest.mark.parametrize(
    ("options", "message", "details"),
    [
        (["sku"], "--map sku is not TARGET=COLUMN.", "--map sku=id"),
        (["sku="], "--map sku= is not TARGET=COLUMN.", "--map sku=id"),
        (["prise=x"], "--map has no target 'prise'.", f"Did you mean price? Known: {', '.join(TARGETS)}."),
        (["sku=a", "seller-sku=b"], "--map names sku twice: a and b.", ""),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(options: list[str], message: str, details: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_mapping(options)
    assert raised.value.message == message
    assert details in raised.value.details


@pytest.mark.parametrize("content", ["id,Name\n7,Pan\n", '{"id": 7, "Name": "Pan"}\n'], ids=["CSV", "NDJSON"])
def test_a_mapping_finds_its_columns_whatever_their_case(content: str) -> None:
    (draft,) = drafts(content, {"seller-sku": "ID", "item-name": "Name"})
    assert (draft.sku, draft.name) == ("7", "Pan")


@pytest.mark.parametrize("content", ["id,Name\n7,Pan\n", '{"id": 7, "Name": "Pan"}\n'], ids=["CSV", "NDJSON"])
def test_a_source_column_that_is_not_there_is_refused_with_the_columns_found(content: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        drafts(content, {"sku": "id", "item-name": "Nane"})
    assert raised.value.message == "The file has no column 'Nane', which --map names."
    assert raised.value.details == "Did you mean Name? Columns found: id, Name."


@pytest.mark.parametrize("content", ["id,Name\n7,Pan\n", '{"id": 7, "Name": "Pan"}\n'], ids=["CSV", "NDJSON"])
def test_a_file_without_a_column_for_the_sku_is_refused_with_the_columns_found(content: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        drafts(content)
    assert raised.value.message == "The file has no column for the SKU."
    assert raised.value.details == "Columns found: id, Name. Say which: --map sku=COLUMN"


def test_a_mapping_goes_before_the_headers_own_names_and_leaves_the_others() -> None:
    (draft,) = drafts("sku,ean,Title,PRICE,Item_Description\n1,2,Pan,3,Good\n", {"sku": "ean"})
    assert (draft.sku, draft.product_id, draft.name, draft.price, draft.description) == ("2", "2", "Pan", "3", "Good")


def test_an_unknown_target_in_a_mapping_that_was_not_parsed_is_refused_too() -> None:
    with pytest.raises(InvalidInput, match="no target 'colour'"):
        drafts("sku,c\n1,2\n", {"colour": "c"})


def test_a_long_list_of_columns_is_cut() -> None:
    header = ",".join(f"c{number}" for number in range(60))
    with pytest.raises(InvalidInput) as raised:
        drafts(f"{header}\n")
    assert "c39 and 20 more." in raised.value.details
