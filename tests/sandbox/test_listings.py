"""put, patch, delete and get, as Amazon answers them."""

import json

import pytest

from tests.sandbox.practising import DE, SELLER, SHIRT, US, Practice, codes, error, offer


def test_an_item_that_was_put_is_told_with_all_of_its_parts(practice: Practice) -> None:
    answer = practice.put()
    assert (answer["sku"], answer["status"], answer["issues"]) == ("SHIRT-1", "ACCEPTED", [])
    item = practice.item()
    [summary] = item["summaries"]
    assert summary["status"] == ["BUYABLE", "DISCOVERABLE"]
    assert (summary["itemName"], summary["productType"], summary["marketplaceId"]) == ("A shirt", "SHIRT", US)
    assert item["attributes"]["item_name"] == [{"marketplace_id": US, "value": "A shirt", "language_tag": "en_US"}]
    assert item["offers"] == [
        {"marketplaceId": US, "offerType": "B2C", "price": {"currencyCode": "USD", "amount": "20.5"}}
    ]
    assert item["fulfillmentAvailability"] == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 4}]
    assert item["issues"] == []


def test_only_summaries_are_told_unless_other_parts_are_asked_for(practice: Practice) -> None:
    practice.put()
    told = json.loads(practice.call("GET").body)
    assert set(told) == {"sku", "summaries"}


def test_a_put_replaces_the_whole_item(practice: Practice) -> None:
    practice.put()
    practice.put(body={"productType": "SHIRT", "attributes": {"item_name": [{"value": "Another"}]}})
    assert practice.item()["attributes"] == {"item_name": [{"marketplace_id": US, "value": "Another"}]}


def test_an_item_is_of_one_marketplace_and_one_seller(practice: Practice) -> None:
    practice.put()
    assert error(practice.call("GET", marketplaceIds=DE)) == (404, "NOT_FOUND")
    assert practice.item(marketplaceIds=f"{DE},{US}")["sku"] == "SHIRT-1"
    assert practice.call("GET", seller_id="A2OTHER").status == 403


@pytest.mark.parametrize("sku", ["A/B", "A B", "Ä%2F", "50%", "a?b#c"])
def test_a_sku_may_hold_what_a_path_may_not(practice: Practice, sku: str) -> None:
    assert practice.put(sku)["sku"] == sku
    assert practice.item(sku)["sku"] == sku
    assert practice.lines()[-1].sku == sku


def test_a_price_is_replaced_and_the_rest_stays(practice: Practice) -> None:
    practice.put()
    value = [offer(30, currency="USD", audience="ALL")]
    answer = practice.patch({"op": "replace", "path": "/attributes/purchasable_offer", "value": value})
    assert answer["status"] == "ACCEPTED"
    item = practice.item()
    assert [one["price"]["amount"] for one in item["offers"]] == ["30"]
    assert item["attributes"]["item_name"][0]["value"] == "A shirt"


def test_an_offer_to_another_audience_stands_beside_the_first(practice: Practice) -> None:
    practice.put()
    value = [offer(15, currency="USD", audience="B2B")]
    practice.patch({"op": "add", "path": "/attributes/purchasable_offer", "value": value})
    assert [(one["offerType"], one["price"]["amount"]) for one in practice.item()["offers"]] == [
        ("B2C", "20.5"),
        ("B2B", "15"),
    ]


def test_a_quantity_of_none_is_not_buyable(practice: Practice) -> None:
    practice.put()
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": 0}]
    practice.patch({"op": "merge", "path": "/attributes/fulfillment_availability", "value": value})
    assert practice.item()["summaries"][0]["status"] == ["DISCOVERABLE"]


def test_a_patch_leaves_the_product_type(practice: Practice) -> None:
    practice.put()
    patch = {"op": "replace", "path": "/attributes/item_name", "value": [{"value": "New", "language_tag": "en_US"}]}
    practice.call("PATCH", body={"productType": "PRODUCT", "patches": [patch]})
    item = practice.item()
    assert item["productTypes"] == [{"marketplaceId": US, "productType": "SHIRT"}]
    assert [one["value"] for one in item["attributes"]["item_name"]] == ["New"]


def test_a_deleted_item_is_gone_and_deleting_is_always_accepted(practice: Practice) -> None:
    practice.put()
    for _ in range(2):
        assert json.loads(practice.call("DELETE").body)["status"] == "ACCEPTED"
    told = practice.call("GET")
    assert error(told) == (404, "NOT_FOUND")
    assert json.loads(told.body)["errors"][0]["message"] == f"SKU 'SHIRT-1' not found in marketplace {US}"


def test_a_patch_of_an_item_that_is_not_there_is_invalid(practice: Practice) -> None:
    patch = {"op": "delete", "path": "/attributes/item_name"}
    assert practice.patch(patch)["status"] == "INVALID"
    assert codes(practice.patch(patch)) == ["13013"]


def test_all_that_is_wrong_is_told_at_once_with_200(practice: Practice) -> None:
    body = {
        "productType": "shirt",
        "attributes": {
            "purchasable_offer": [offer(-1, currency="EUR")],
            "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": -1}],
            "brand": "no list",
        },
    }
    told = practice.call("PUT", body=body)
    answer = json.loads(told.body)
    assert (told.status, answer["status"]) == (200, "INVALID")
    assert codes(answer) == ["4000003", "90220", "90114", "90244", "90114", "4000001"]
    assert [issue.get("attributeNames") for issue in answer["issues"]][1:] == [
        ["item_name"],
        ["purchasable_offer"],
        ["purchasable_offer"],
        ["fulfillment_availability"],
        ["brand"],
    ]
    assert error(practice.call("GET")) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("price", "code"), [("12", "4000001"), (0, "90114"), (None, "4000001"), (10**10, "90113"), (True, "4000001")]
)
def test_a_price_that_cannot_be_is_named(practice: Practice, price: object, code: str) -> None:
    body = {"productType": "SHIRT", "attributes": {**SHIRT["attributes"], "purchasable_offer": [offer(price)]}}  # type: ignore[arg-type]
    assert codes(practice.put(body=body)) == [code]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"our_price": [{"schedule": []}]}, "99022"),
        ({"our_price": []}, "99022"),
        ({}, "99022"),
        ({"our_price": [{"schedule": [1]}]}, "4000001"),
    ],
)
def test_an_offer_without_a_price_is_named(practice: Practice, body: object, code: str) -> None:
    item = {"productType": "SHIRT", "attributes": {**SHIRT["attributes"], "purchasable_offer": [body]}}
    assert codes(practice.put(body=item)) == [code]


def test_what_is_required_depends_on_the_requirements(practice: Practice) -> None:
    nothing = {"productType": "PRODUCT", "attributes": {}}
    assert codes(practice.put(body=nothing)) == ["4000004", "90220"]
    assert codes(practice.put(body={**nothing, "requirements": "LISTING_OFFER_ONLY"})) == ["90220"]
    long = {"productType": "SHIRT", "attributes": {"item_name": [{"value": "x" * 201}], "brand": []}}
    assert codes(practice.put(body=long)) == ["99016", "99022"]


def test_a_preview_checks_everything_and_changes_nothing(practice: Practice) -> None:
    answer = practice.put(mode="VALIDATION_PREVIEW", includedData="issues,identifiers")
    assert answer["status"] == "VALID"
    assert answer["identifiers"][0]["marketplaceId"] == US
    assert practice.call("GET").status == 404
    assert practice.put(mode="VALIDATION_PREVIEW", body={"productType": "X", "attributes": {}})["status"] == "INVALID"
    assert [line.acted for line in practice.lines()] == [False] * 3


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({"op": "replace", "path": "/attributes/purchasable_offer/0", "value": [{}]}, "Invalid path"),
        ({"op": "replace", "path": "item_name", "value": [{}]}, "Invalid path"),
        ({"op": "add", "path": "/attributes/item_name"}, "Invalid value"),
        ({"op": "merge", "path": "/attributes/item_name", "value": [{"value": "x"}]}, "Invalid operation"),
        ({"op": "merge", "path": "/attributes/fulfillment_availability", "value": [{"quantity": 1}]}, "Invalid oper"),
        ({"op": "merge", "path": "/attributes/purchasable_offer", "value": [offer(2)]}, "Invalid operation"),
    ],
)
def test_a_patch_that_cannot_be_is_refused_with_its_place(practice: Practice, patch: object, message: str) -> None:
    practice.put()
    sound = {"op": "delete", "path": "/attributes/bullet_point"}
    told = practice.call("PATCH", body={"productType": "SHIRT", "patches": [sound, patch]})
    assert error(told) == (400, "InvalidInput")
    assert message in json.loads(told.body)["errors"][0]["message"]
    assert "index of 1" in json.loads(told.body)["errors"][0]["message"]


@pytest.mark.parametrize(
    ("method", "body", "query", "status"),
    [
        ("PUT", b"{", {}, 400),
        ("PUT", b"[]", {}, 400),
        ("PUT", {"productType": "SHIRT"}, {}, 400),
        ("PATCH", {"productType": "SHIRT", "patches": []}, {}, 400),
        ("PATCH", {"productType": "SHIRT", "patches": [{"op": "move", "path": "/attributes/x"}]}, {}, 400),
        ("PUT", SHIRT, {"marketplaceIds": f"{US},{DE}"}, 400),
        ("PUT", SHIRT, {"marketplaceIds": ""}, 400),
        ("PUT", SHIRT, {"marketplaceIds": "NOWHERE"}, 400),
        ("PUT", SHIRT, {"mode": "TEST"}, 400),
        ("GET", None, {"includedData": "everything"}, 400),
        ("POST", SHIRT, {}, 405),
    ],
)
def test_a_call_that_cannot_be_read_is_refused(
    practice: Practice, method: str, body: object, query: dict[str, str], status: int
) -> None:
    assert practice.call(method, body=body, **query).status == status
    assert not any(line.acted for line in practice.lines())


def test_an_answer_tells_the_rate_and_a_request_id(practice: Practice) -> None:
    told = practice.call("PUT", body=SHIRT)
    assert told.headers["x-amzn-RateLimit-Limit"] == "5.0"
    assert told.headers["x-amzn-RequestId"] == practice.lines()[-1].request_id
    assert "x-amzn-RateLimit-Limit" in practice.call("GET", "none").headers
    assert "x-amzn-RateLimit-Limit" not in practice.call("GET", seller_id="A2OTHER").headers
    assert practice.lines()[-1].seller_id != SELLER
