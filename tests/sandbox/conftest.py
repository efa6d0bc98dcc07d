"""A sandbox in which nothing happens that was not asked for."""

from pathlib import Path

import pytest

from tests.sandbox.practising import Practice


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    """It."""
    return Practice(tmp_path / "record.jsonl").with_token()
