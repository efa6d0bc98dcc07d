"""Identifiers: opaque text, from a source of randomness that is an argument."""

import random
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from daybook.kernel.ids import Ids

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def seeded(seed: int = 1) -> Ids:
    return Ids(random.Random(seed).randbytes)  # noqa: S311  seeded, so that ids repeat


def test_the_same_randomness_makes_the_same_ids() -> None:
    assert [seeded().timed(NOW), seeded().unique()] == [seeded().timed(NOW), seeded().unique()]
    assert seeded(1).timed(NOW) != seeded(2).timed(NOW)


@pytest.mark.requirement("R001-036")
def test_every_id_is_letters_digits_hyphens_dots_and_nothing_that_a_path_would_split() -> None:
    ids = Ids()
    made = [ids.timed(NOW), ids.unique(), ids.document(1), ids.client()]
    assert [id for id in made if not re.fullmatch(r"[A-Za-z0-9.-]{20,100}", id)] == []


def test_a_report_id_grows_with_time() -> None:
    ids = seeded()
    made = [ids.timed(NOW + timedelta(milliseconds=step)) for step in range(50)]
    assert made == sorted(made)
    assert {len(id) for id in made} == {22}


def test_ids_made_in_one_instant_differ() -> None:
    ids = Ids()
    assert len({ids.timed(NOW) for _ in range(1000)}) == 1000


def test_a_unique_id_is_a_uuid_of_version_four() -> None:
    found = uuid.UUID(seeded().unique())
    assert (found.version, found.variant) == (4, uuid.RFC_4122)


def test_a_document_id_has_amazons_shape_and_names_the_attempt() -> None:
    assert re.fullmatch(r"amzn1\.spdoc\.1\.4\.na\.[0-9a-f-]{36}\.T[A-Z2-7]+\.3", seeded().document(3))


def test_a_secret_holds_256_bits_behind_its_prefix() -> None:
    asked: list[int] = []

    def randomness(count: int) -> bytes:
        asked.append(count)
        return bytes(count)

    assert Ids(randomness).secret("Atza|") == "Atza|" + "A" * 43
    assert asked == [32]


def test_request_ids_have_the_shape_of_a_uuid_and_no_two_are_the_same() -> None:
    first, second = seeded(1), seeded(2)
    made = [ids.request() for _ in range(300) for ids in (first, second)]
    assert len(set(made)) == 600
    assert {uuid.UUID(id).version for id in made} == {4}
