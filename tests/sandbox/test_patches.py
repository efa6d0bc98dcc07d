"""What patches do to attributes, for attributes of any content."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from daybook.contract.listings import PatchOperation
from daybook.sandbox.patches import patched
from tests.sandbox.practising import DE, US

NAMES = st.sampled_from(["item_name", "bullet_point", "purchasable_offer", "fulfillment_availability", "color"])
LANGUAGES = st.sampled_from(["en_US", "es_US", "de_DE"])
PLACES = st.sampled_from([US, DE])
VALUES = st.one_of(st.text(max_size=5), st.integers(-9, 9), st.floats(0, 9), st.none(), st.lists(st.integers(0, 3)))


def instances(name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Instances of an attribute, no two with the same selectors."""
    if name == "purchasable_offer":
        keys = {"marketplace_id": PLACES, "currency": st.sampled_from(["USD", "EUR"]), "audience": st.just("ALL")}
    elif name == "fulfillment_availability":
        keys = {"fulfillment_channel_code": st.sampled_from(["DEFAULT", "AMAZON_NA"])}
    else:
        keys = {"marketplace_id": PLACES, "language_tag": LANGUAGES}
    one = st.fixed_dictionaries({**keys, "value": VALUES, "quantity": st.integers(0, 5)})
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda each: tuple(str(each[key]) for key in sorted(keys)))


ATTRIBUTES = st.dictionaries(NAMES, st.none(), max_size=4).flatmap(
    lambda names: st.fixed_dictionaries({name: instances(name) for name in names})
)
CHANGES = NAMES.flatmap(
    lambda name: st.builds(
        PatchOperation, st.sampled_from(["add", "replace", "delete"]), st.just(f"/attributes/{name}"), instances(name)
    )
)


def name_of(patch: PatchOperation) -> str:
    return patch.path.rpartition("/")[2]


@given(ATTRIBUTES, CHANGES)
def test_only_the_attribute_that_is_named_changes_and_what_was_given_does_not(
    before: dict[str, Any], patch: PatchOperation
) -> None:
    kept = copy.deepcopy(before)
    after = patched(before, [patch], US)
    assert before == kept
    others = {name: value for name, value in before.items() if name != name_of(patch)}
    assert {name: value for name, value in after.items() if name != name_of(patch)} == others


@given(ATTRIBUTES, st.lists(CHANGES, max_size=3))
def test_the_same_patches_twice_do_what_they_do_once(before: dict[str, Any], patches: list[PatchOperation]) -> None:
    last = {name_of(patch): patch for patch in patches}  # of one attribute each; other orders may differ
    once = patched(before, list(last.values()), US)
    assert patched(once, list(last.values()), US) == once


@given(ATTRIBUTES, CHANGES)
def test_what_was_put_stands_there_and_what_was_deleted_does_not(before: dict[str, Any], patch: PatchOperation) -> None:
    after = patched(before, [patch], US).get(name_of(patch), [])
    given_instances = patch.value if isinstance(patch.value, list) else []
    if patch.op == "delete":
        selectors = ("marketplace_id", "language_tag", "currency", "audience", "fulfillment_channel_code")
        gone = [{key: one[key] for key in selectors if key in one} for one in given_instances]
        assert not [one for one in after if any(select.items() <= one.items() for select in gone)]
    else:
        assert all(one in after for one in given_instances)


@given(ATTRIBUTES, NAMES)
def test_no_attribute_is_left_empty(before: dict[str, Any], name: str) -> None:
    after = patched(before, [PatchOperation("delete", f"/attributes/{name}")], US)
    assert name not in after
    assert all(after.values())


@given(instances("fulfillment_availability"), st.integers(0, 99))
def test_a_merged_quantity_leaves_the_members_beside_it(before: list[dict[str, Any]], quantity: int) -> None:
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
    patch = PatchOperation("merge", "/attributes/fulfillment_availability", value)
    after = patched({"fulfillment_availability": before}, [patch], US)["fulfillment_availability"]
    [merged] = [one for one in after if one["fulfillment_channel_code"] == "DEFAULT"]
    assert merged["quantity"] == quantity
    assert {key: one for one in before if one["fulfillment_channel_code"] == "DEFAULT" for key in one}.keys() <= (
        merged.keys() | {key for key in before[0] if any(one.get(key) is None for one in before)}
    )
    rest = [one for one in before if one["fulfillment_channel_code"] != "DEFAULT"]
    assert [one for one in after if one["fulfillment_channel_code"] != "DEFAULT"] == rest


def test_a_merged_null_takes_a_member_away() -> None:
    before = {"purchasable_offer": [{"audience": "B2B", "marketplace_id": US, "quantity_discount_plan": [1], "a": 1}]}
    value = [{"audience": "B2B", "quantity_discount_plan": None}]
    after = patched(before, [PatchOperation("merge", "/attributes/purchasable_offer", value)], US)
    assert after == {"purchasable_offer": [{"audience": "B2B", "marketplace_id": US, "a": 1}]}
