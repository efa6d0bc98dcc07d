"""The adapter against the sandbox over HTTP: every answer there is, and every lack of one."""

import json
import socket
from typing import Any

import pytest

from daybook.marketplaces.amazon.marketplace import AmazonMarketplace
from daybook.operations.calls import (
    Absent,
    Fault,
    Issue,
    Marketplace,
    Plan,
    Reply,
    ReplyStatus,
    Throttled,
    Uncertain,
    Unreachable,
    Unsent,
)
from tests.marketplaces.amazon.calling import FULL, NAMED, Shop, call, settings
from tests.marketplaces.amazon.conftest import Open
from tests.sandbox.practising import SELLER, US

KINDS = ("put_listing", "patch_listing", "set_price", "set_quantity", "delete_listing")


def told(line: Any) -> Any:
    """The request of a line."""
    return json.loads(bytes(line.request))


def test_a_change_is_accepted_and_the_answer_is_kept(shop: Shop) -> None:
    outcome = shop.one("put_listing", **FULL)
    [line] = shop.sandbox.lines()
    answer = json.loads(bytes(line.answer))  # type: ignore[arg-type]
    assert outcome == Reply(ReplyStatus.ACCEPTED, answer["submissionId"], (), line.request_id, 200)
    assert (line.key, line.acted, line.client_id) == ("key of put_listing SHIRT-1", True, "books")
    assert line.user_agent.startswith("daybook/")


def test_a_price_and_a_quantity_become_attributes_of_a_new_item(shop: Shop) -> None:
    shop.one("put_listing", **FULL)
    assert told(shop.sandbox.lines()[0])["attributes"] == {
        "item_name": [{"value": "A shirt"}],
        "purchasable_offer": [
            {
                "marketplace_id": US,
                "currency": "USD",
                "audience": "ALL",
                "our_price": [{"schedule": [{"value_with_tax": 20.5}]}],
            }
        ],
        "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 4}],
    }


def test_a_price_replaces_the_offer_and_a_quantity_is_merged(shop: Shop) -> None:
    handling = [{"fulfillment_channel_code": "DEFAULT", "quantity": 4, "lead_time_to_ship_max_days": 9}]
    attributes = {**NAMED["attributes"], "fulfillment_availability": handling}
    shop.one("put_listing", productType="SHIRT", attributes=attributes)
    shop.one("set_price", price="0.10")
    shop.one("set_quantity", quantity=7)
    price, quantity = (told(line) for line in shop.sandbox.lines()[1:])
    [offered] = price["patches"]
    assert (offered["op"], offered["path"]) == ("replace", "/attributes/purchasable_offer")
    assert (offered["value"][0]["currency"], price["productType"]) == ("USD", "PRODUCT")
    assert b'"value_with_tax":0.10}' in bytes(shop.sandbox.lines()[1].request)  # type: ignore[arg-type]
    assert quantity["patches"] == [
        {
            "op": "merge",
            "path": "/attributes/fulfillment_availability",
            "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}],
        }
    ]
    assert shop.look("set_price", price="0.1") == Reply(
        ReplyStatus.LIVE, request_id=shop.sandbox.lines()[-1].request_id
    )
    kept = {**attributes, "fulfillment_availability": [{**handling[0], "quantity": 7}]}
    assert isinstance(shop.look("put_listing", productType="SHIRT", attributes=kept), Reply)


def test_an_invalid_change_is_refused_with_all_its_issues_though_http_says_200(shop: Shop) -> None:
    outcome = shop.one("put_listing", productType="SHIRT", attributes={"brand": "no list"}, quantity=-1)
    assert isinstance(outcome, Reply)
    assert (outcome.status, outcome.http_status) == (ReplyStatus.INVALID, 200)
    assert [(one.code, one.severity, one.attribute_names) for one in outcome.issues] == [
        ("90220", "ERROR", ("item_name",)),
        ("4000001", "ERROR", ("brand",)),
        ("90114", "ERROR", ("fulfillment_availability",)),
    ]


def test_a_call_that_cannot_be_read_is_refused_with_its_error(shop: Shop) -> None:
    outcome = shop.one("patch_listing", productType="SHIRT", patches=[{"op": "add", "path": "/wrong", "value": [{}]}])
    request_id = shop.sandbox.lines()[0].request_id
    issue = Issue("InvalidInput", "Invalid path provided in patch at index of 0.")
    assert outcome == Reply(ReplyStatus.INVALID, "", (issue,), request_id, 400)


def test_a_delete_is_accepted_and_then_in_effect(shop: Shop) -> None:
    shop.one("put_listing", **FULL)
    assert isinstance(shop.look("delete_listing"), Absent)
    assert isinstance(shop.one("delete_listing"), Reply)
    found = shop.look("delete_listing")
    assert isinstance(found, Reply)
    assert found.status is ReplyStatus.LIVE
    assert isinstance(shop.look("put_listing", **FULL), Absent)


def test_throttling_is_told_and_nothing_more_is_begun(practise: Open) -> None:
    shop = practise(times=1.0, in_flight=1)
    outcomes = shop.send(*(call("delete_listing", f"S-{number}") for number in range(9)))
    assert [type(one) for one in outcomes] == [Reply] * 5 + [Throttled] + [Unsent] * 3
    throttled = outcomes[5]
    assert isinstance(throttled, Throttled)
    assert (throttled.retry_after, throttled.http_status, throttled.request_id) == (
        None,
        429,
        shop.sandbox.lines()[-1].request_id,
    )


def test_no_call_is_begun_after_the_time_is_over(shop: Shop) -> None:
    assert shop.send(call("delete_listing"), call("delete_listing", "2"), seconds=0) == [Unsent(), Unsent()]
    assert shop.sandbox.lines() == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (500, ("InternalFailure", 500, False)),
        (503, ("MarketplaceFault", 503, True)),
    ],
)
def test_a_marketplace_that_fails_is_a_fault(practise: Open, answer: int, fault: tuple[str, int, bool]) -> None:
    shop = practise(f"[[scenario]]\nanswers = [{{answer = {answer}}}]")
    for ask in (shop.one, shop.look):
        outcome = ask("put_listing", **FULL)
        assert isinstance(outcome, Fault)
        assert (outcome.code, outcome.http_status, outcome.whole) == fault
        assert outcome.message
        assert outcome.request_id == shop.sandbox.lines()[-1].request_id


def test_half_a_body_is_uncertain(practise: Open) -> None:
    shop = practise('[[scenario]]\nanswers = [{answer = "half", operation = "putListingsItem"}]')
    assert isinstance(shop.one("put_listing", **FULL), Uncertain)
    assert shop.sandbox.lines()[0].acted
    found = shop.look("put_listing", **FULL)
    assert isinstance(found, Reply)
    assert found.status is ReplyStatus.LIVE


def test_no_answer_in_time_is_uncertain_and_a_look_finds_nothing_of_what_was_not_done(practise: Open) -> None:
    shop = practise(
        '[[scenario]]\nanswers = [{answer = "nothing", operation = "putListingsItem", acts = false}]',
        answer_seconds=0.3,
    )
    assert isinstance(shop.one("put_listing", **FULL), Uncertain)
    assert isinstance(shop.look("put_listing", **FULL), Absent)


def test_a_look_without_an_answer_is_unreachable(practise: Open) -> None:
    shop = practise('[[scenario]]\nanswers = [{answer = "half"}]')
    assert isinstance(shop.look("put_listing", **FULL), Unreachable)


def test_a_marketplace_that_is_down_is_a_fault_of_its_own_for_every_call(practise: Open) -> None:
    shop = practise("[[scenario]]\n[scenario.down]\nseconds = 3600")
    [outcome] = shop.send(call("put_listing", **FULL))
    assert isinstance(outcome, Fault)
    assert (outcome.http_status, outcome.whole) == (503, True)
    assert shop.sandbox.lines() == []  # no token, so nothing was sent


def test_nobody_there_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        adapter = AmazonMarketplace(settings(f"http://127.0.0.1:{taken.getsockname()[1]}"))
        change = call("put_listing", **FULL)
        assert isinstance(adapter.send([change], 9.0)[change.attempt_id], Unreachable)
        assert isinstance(adapter.read_back(change), Unreachable)
        adapter.close()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"refresh_tokens": {SELLER: "nonsense"}}, "invalid_grant"),
        ({"refresh_tokens": {}}, "invalid_grant"),
    ],
)
def test_credentials_that_are_refused_are_no_fault_of_the_record(
    practise: Open, options: dict[str, object], code: str
) -> None:
    outcome = practise(**options).one("put_listing", **FULL)
    assert isinstance(outcome, Fault)
    assert (outcome.code, outcome.whole) == (code, True)


def test_a_token_that_ended_early_is_replaced_and_the_call_goes_again_once(practise: Open) -> None:
    shop = practise()
    shop.one("put_listing", **FULL)
    shop.adapter._tokens[SELLER]._token = "Atza|forgotten"  # noqa: SLF001
    assert isinstance(shop.one("set_quantity", quantity=1), Reply)
    assert [line.status for line in shop.sandbox.lines()] == [200, 403, 200]
    assert len(shop.sandbox.tokens()) == 2


def test_another_sellers_token_opens_nothing(practise: Open) -> None:
    shop = practise(refresh_tokens={"A2OTHER": f"Atzr|{SELLER}"})
    [outcome] = shop.send(call("delete_listing", seller_id="A2OTHER"))
    assert isinstance(outcome, Fault)
    assert (outcome.code, outcome.http_status, outcome.whole) == ("Unauthorized", 403, True)


def test_many_calls_are_in_flight_on_one_token_and_each_outcome_is_its_own(shop: Shop) -> None:
    calls = [call("put_listing", f"S-{number}", **(NAMED if number % 3 else FULL)) for number in range(60)]
    calls += [call("put_listing", "BAD", productType="SHIRT")]
    outcomes = shop.adapter.send(calls, 60.0)
    by_sku = {line.sku: line for line in shop.sandbox.lines()}
    assert len(by_sku) == len(calls)
    for one in calls:
        outcome = outcomes[one.attempt_id]
        assert isinstance(outcome, Reply)
        assert outcome.request_id == by_sku[one.sku].request_id
        assert (outcome.status is ReplyStatus.INVALID) == (one.sku == "BAD")
        assert by_sku[one.sku].key == one.key
    assert len(shop.sandbox.tokens()) == 1


@pytest.mark.parametrize(
    ("late", "status", "codes"),
    [
        ("", ReplyStatus.LIVE, []),
        ('lateIssues = [{code = "8541"}]', ReplyStatus.INVALID, ["8541"]),
        ('lateIssues = [{code = "18448", severity = "WARNING"}]', ReplyStatus.LIVE, []),
    ],
)
def test_a_look_tells_what_became_of_an_accepted_change(
    practise: Open, late: str, status: ReplyStatus, codes: list[str]
) -> None:
    shop = practise(f"[[scenario]]\n{late}")
    shop.one("put_listing", **FULL)
    found = shop.look("put_listing", **FULL)
    assert isinstance(found, Reply)
    assert (found.status, [issue.code for issue in found.issues]) == (status, codes)


def test_an_error_of_another_attribute_does_not_concern_a_change_of_the_price(practise: Open) -> None:
    shop = practise(
        '[[scenario]]\nlateIssues = [{operation = "patchListingsItem", attributeNames = ["brand"], first = 1}]'
    )
    shop.one("put_listing", **FULL)
    shop.one("patch_listing", productType="SHIRT", patches=[{"op": "delete", "path": "/attributes/brand"}])
    found = shop.look("set_price", price="20.50")
    assert isinstance(found, Reply)
    assert found.status is ReplyStatus.LIVE
    assert isinstance(shop.look("set_price", price="20.51"), Absent)
    patches = [{"op": "delete", "path": "/attributes/brand"}]
    concerned = shop.look("patch_listing", productType="SHIRT", patches=patches)
    assert isinstance(concerned, Reply)
    assert concerned.status is ReplyStatus.INVALID


def test_the_plans_are_amazons_and_a_setting_multiplies_them(practise: Open) -> None:
    adapter: Marketplace = practise(usage_plan_times=2.0).adapter
    assert [adapter.plan(kind) for kind in KINDS] == [
        Plan("putListingsItem", 10.0, 20),
        Plan("patchListingsItem", 10.0, 10),
        Plan("patchListingsItem", 10.0, 10),
        Plan("patchListingsItem", 10.0, 10),
        Plan("deleteListingsItem", 10.0, 10),
    ]
    assert adapter.look_plan() == Plan("getListingsItem", 10.0, 20, 1)
    assert not adapter.honours_keys
