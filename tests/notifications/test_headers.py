"""The headers that a user can have sent with a notification."""

import pytest

from daybook.kernel.errors import InvalidInput
from daybook.notifications.authorizations import Hmac, check_authorization
from daybook.notifications.headers import MOST_HEADERS, check_headers


@pytest.mark.parametrize("name", [
    "Host", "content-length", "Transfer-Encoding", "Connection", "webhook-id", "Webhook-Signature", "WEBHOOK-x", "TE",
    "Proxy-Authorization", "Content-Type", "Cookie", "", "a b", "a:b", "a\r\nHost", "é", "x" * 101,
])  # fmt: skip
def test_a_header_that_smuggles_or_is_not_a_users_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        check_headers({name: "value"})
    with pytest.raises(InvalidInput):
        check_authorization(Hmac(name, "secret"))


@pytest.mark.parametrize("value", ["a\r\nHost: b", "a\nb", "a\0b", " a", "a ", "é", "\t", "x" * 4097])
def test_a_value_that_is_not_one_line_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput, match="one line"):
        check_headers({"X-Own": value})


def test_headers_are_few_and_each_is_given_once() -> None:
    check_headers({f"X-Own-{number}": "value with spaces" for number in range(MOST_HEADERS)})
    with pytest.raises(InvalidInput, match="more than 20"):
        check_headers({f"X-Own-{number}": "" for number in range(MOST_HEADERS + 1)})
    with pytest.raises(InvalidInput, match="twice"):
        check_headers({"X-Own": "a", "x-own": "b"})
