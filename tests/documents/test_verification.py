"""Reading an object again and comparing it with its row."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from daybook.documents.documents import Document
from daybook.documents.objects import Objects
from daybook.documents.verification import Condition, verify_document
from daybook.documents.writing import DocumentWriter
from daybook.kernel.errors import Unavailable
from tests.documents.rows import DOCUMENT
from tests.documents.test_objects import PARTS


def stored(objects: Objects) -> Document:
    """A document of several slices, and its object."""
    with DocumentWriter(objects, DOCUMENT.object_name, None) as writer:
        for piece in PARTS:
            writer.write(piece)
    written = writer.close()
    return replace(DOCUMENT, size=written.size, content_size=written.content_size, sha256=written.sha256)


def test_an_object_as_it_was_written_is_intact(objects: Objects) -> None:
    assert verify_document(objects, stored(objects)) is Condition.INTACT


def test_an_object_that_was_deleted_is_missing(objects: Objects) -> None:
    document = stored(objects)
    objects.delete([document.object_name])
    assert verify_document(objects, document) is Condition.MISSING


@pytest.mark.parametrize("at", [0, 5_000_000, -1])
def test_one_flipped_bit_is_found(folder: Path, folder_objects: Objects, at: int) -> None:
    document = stored(folder_objects)
    content = bytearray((folder / document.object_name).read_bytes())
    content[at] ^= 1
    (folder / document.object_name).write_bytes(content)
    assert verify_document(folder_objects, document) is Condition.ALTERED


@pytest.mark.parametrize("change", [-1, 1])
def test_a_byte_too_few_or_too_many_is_found(folder: Path, folder_objects: Objects, change: int) -> None:
    document = stored(folder_objects)
    os.truncate(folder / document.object_name, document.size + change)
    assert verify_document(folder_objects, document) is Condition.ALTERED


def test_a_store_that_is_away_is_no_finding(folder: Path, folder_objects: Objects) -> None:
    document = stored(folder_objects)
    shutil.rmtree(folder)
    with pytest.raises(Unavailable):
        verify_document(folder_objects, document)
