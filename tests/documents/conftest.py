"""The three kinds of store, so that what holds of one is asked of each."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from daybook.documents.objects import Objects
from tests.documents.bucket import Bucket


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    bucket = Bucket()
    yield bucket
    bucket.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where `folder_objects` keeps its objects."""
    return tmp_path / "documents of all sellers"


@pytest.fixture
def folder_objects(folder: Path) -> Objects:
    return Objects.open(folder.as_uri())


@pytest.fixture(params=["folder", "bucket", "memory"])
def objects(request: pytest.FixtureRequest) -> Objects:
    """An empty store of each kind."""
    if request.param == "folder":
        return request.getfixturevalue("folder_objects")  # type: ignore[no-any-return]
    if request.param == "bucket":
        bucket: Bucket = request.getfixturevalue("bucket")
        return bucket.objects(uuid4().hex)
    return Objects.open("memory://")
