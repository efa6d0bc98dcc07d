"""What docs/notifications.md tells receivers to do works."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from daybook.notifications.signing import sign
from tests.house.tree import ROOT

SECRETS = ["whsec_" + base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2, 3)]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BODY = '{"payload": "é ✓"}'.encode()

Verify = Callable[..., bool]


@pytest.fixture(scope="module")
def is_daybooks() -> Verify:
    """The function of the page."""
    page = (ROOT / "docs" / "notifications.md").read_text("utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Verify] = {}
    exec(code, names)  # noqa: S102  what the page says, word for word
    return names["is_daybooks"]


def test_the_pages_code_verifies_what_is_signed_with_any_valid_secret(is_daybooks: Verify) -> None:
    headers = sign(SECRETS[:2], "msg_1", NOW, BODY)
    verdicts = [is_daybooks(secret, headers, BODY, NOW.timestamp) for secret in SECRETS]
    assert verdicts == [True, True, False]


def test_the_pages_code_refuses_what_was_changed_or_is_old(is_daybooks: Verify) -> None:
    headers = sign(SECRETS[:1], "msg_1", NOW, BODY)
    assert not is_daybooks(SECRETS[0], headers, BODY + b" ", NOW.timestamp)
    assert not is_daybooks(SECRETS[0], headers | {"webhook-id": "msg_2"}, BODY, NOW.timestamp)
    assert not is_daybooks(SECRETS[0], headers, BODY, lambda: NOW.timestamp() + 301)
