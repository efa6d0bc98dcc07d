"""What a receiver's caller shows, whatever it is, is a proof or is none; it never is a fault."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daybook.notifications.authorizations import Authorization, Basic, Hmac, OAuth
from daybook.notifications.inbound.proofs import HERE, LIFETIME, is_client, is_proven, new_token
from tests.notifications.virtual.daybooks import START

KEY = bytes(32)
UNHURRIED = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
"""A machine that has other work makes examples slowly, which says nothing of them."""
PROOFS: list[Authorization] = [
    Basic("Authorization", "u", "p"),
    Hmac("Authorization", "s"),
    OAuth("Authorization", HERE, "c", "s"),
]
SHOWN = st.text(st.characters(max_codepoint=255), max_size=200) | st.from_regex(
    r"(Basic|Bearer) [0-9a-zA-Z+/=._-]{0,90}"
)
DIGITS = st.from_regex(r"(Bearer )?[0-9]{1,400}\.[0-9a-f]{64}", fullmatch=True)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: type(proof).__name__)
@UNHURRIED
@given(shown=SHOWN | DIGITS, body=st.binary(max_size=50))
def test_garbage_is_no_proof_and_no_fault(proof: Authorization, shown: str, body: bytes) -> None:
    assert not is_proven(proof, {"authorization": shown}, body, KEY, "a receiver", START)
    assert not is_client(proof, shown)


@UNHURRIED
@given(where=st.integers(0, 200), other=st.characters(max_codepoint=255))
def test_a_token_with_a_sign_changed_is_none(where: int, other: str) -> None:
    token = new_token(KEY, "a receiver", START)
    at = where % len(token)
    changed = token[:at] + other + token[at + 1 :]
    shown = {"authorization": f"Bearer {changed}"}
    assert is_proven(PROOFS[2], shown, b"", KEY, "a receiver", START) == (changed == token)


def test_a_token_is_good_for_its_time_and_its_receiver() -> None:
    shown = {"authorization": f"Bearer {new_token(KEY, 'a receiver', START)}"}
    ends = START + LIFETIME
    assert is_proven(PROOFS[2], shown, b"", KEY, "a receiver", ends - timedelta(microseconds=1))
    assert not is_proven(PROOFS[2], shown, b"", KEY, "a receiver", ends)
    assert not is_proven(PROOFS[2], shown, b"", KEY, "another", START)
    assert not is_proven(PROOFS[2], shown, b"", bytes(31) + b"1", "a receiver", START)
