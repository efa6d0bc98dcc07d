"""The catalog that comes with Daybook, for its demo."""

from importlib.resources import as_file, files

from daybook.catalog.drafts import Draft
from daybook.catalog.files import read


def sample() -> list[Draft]:
    with as_file(files("daybook.catalog") / "sample.csv") as path:
        found = list(read(path))
    assert [str(each) for each in found if not isinstance(each, Draft)] == []
    return [each for each in found if isinstance(each, Draft)]


def test_the_sample_reads_without_a_mapping_and_without_a_fault() -> None:
    drafts = sample()
    assert len(drafts) == len({draft.sku for draft in drafts}) == 42
    assert all(draft.opened_at and draft.brand and draft.category and draft.product_id for draft in drafts)


def test_the_sample_has_what_makes_reports_interesting() -> None:
    drafts = sample()
    assert sum(not draft.name for draft in drafts) == 2
    assert sum(draft.price is None for draft in drafts) == 3
    assert sum(draft.quantity is None for draft in drafts) == 3
    assert sum(draft.quantity == 0 for draft in drafts) == 3
    assert any("\n" in draft.description for draft in drafts)
    for character in ('"', ",", "Ø", "和"):
        assert any(character in draft.name for draft in drafts)


def test_the_samples_product_ids_are_eans_of_the_range_for_use_within_a_shop() -> None:
    for draft in sample():
        digits = [int(digit) for digit in draft.product_id]
        assert draft.product_id.startswith("20")
        assert len(digits) == 13
        assert sum(digits[::2]) + 3 * sum(digits[1::2]) == 10 * round((sum(digits[::2]) + 3 * sum(digits[1::2])) / 10)
