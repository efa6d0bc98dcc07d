"""A folder to write SQL files in."""

from pathlib import Path

import pytest

from tests.report_types.sql.writing import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
