"""Documents as they are written."""

import hashlib
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.documents.names import object_name
from daybook.documents.objects import Objects
from daybook.documents.writing import Compression, DocumentWriter, Written
from daybook.kernel.errors import Unavailable
from tests.documents.disk import files_no_longer_than
from tests.documents.test_objects import NAME, PARTS, give_up, names

CHUNKS = st.lists(st.binary() | st.builds(lambda piece: piece * 100_000, st.binary(max_size=8)), max_size=8)

MEASURES_ITS_MEMORY = """
import random, resource, sys
from daybook.documents.objects import Objects
from daybook.documents.writing import DocumentWriter
row = random.Random(1).randbytes(512 * 1024).hex().encode()
def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
with DocumentWriter(Objects.open(sys.argv[1]), "daybook/A1SELLER/1") as writer:
    for _ in range(60):
        writer.write(row)
    warm = most()
    for _ in range(300):
        writer.write(row)
print(writer.close().size // 1024 // 1024, most() - warm)
"""


def written(objects: Objects, chunks: list[bytes], compression: Compression | None) -> tuple[Written, bytes]:
    with DocumentWriter(objects, NAME, compression) as writer:
        for chunk in chunks:
            writer.write(chunk)
    answer = writer.close()
    return answer, b"".join(objects.read(NAME, 0, objects.size(NAME)))


@pytest.mark.requirement("R004-239")
@given(CHUNKS)
def test_gzip_of_any_chunks_is_one_whole_member_that_reads_back(chunks: list[bytes]) -> None:
    answer, stored = written(Objects.open("memory://"), chunks, "GZIP")
    inflate = zlib.decompressobj(wbits=31)
    content = inflate.decompress(stored)
    assert content == b"".join(chunks)
    assert inflate.eof
    assert inflate.unused_data == b""
    assert answer == Written(NAME, len(stored), len(content), hashlib.sha256(stored).hexdigest(), "GZIP")


@pytest.mark.requirement("R004-238")
@given(CHUNKS)
def test_without_compression_the_content_is_stored_as_it_is(chunks: list[bytes]) -> None:
    answer, stored = written(Objects.open("memory://"), chunks, None)
    assert stored == b"".join(chunks)
    assert answer == Written(NAME, len(stored), len(stored), hashlib.sha256(stored).hexdigest(), None)


def test_a_document_of_many_parts_is_the_same_in_every_store(objects: Objects) -> None:
    answer, stored = written(objects, PARTS, "GZIP")
    assert zlib.decompress(stored, wbits=31) == b"".join(PARTS)
    assert (answer.size, answer.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())


def test_the_same_content_makes_the_same_object(folder_objects: Objects) -> None:
    again = object_name("A1SELLER", "attempt-2")
    with DocumentWriter(folder_objects, NAME) as one, DocumentWriter(folder_objects, again) as other:
        one.write(b"sku\tprice\n")
        other.write(b"sku\t")
        other.write(b"price\n")
    assert one.close().sha256 == other.close().sha256


@pytest.mark.parametrize("compression", ["GZIP", None])
def test_an_exception_leaves_no_document(objects: Objects, compression: Compression | None) -> None:
    with pytest.raises(KeyError, match="row 7"):
        give_up(DocumentWriter(objects, NAME, compression), PARTS)
    assert names(objects) == []


@pytest.mark.parametrize("chunks", [[b"x"], PARTS], ids=["when it is closed", "in mid write"])
def test_a_full_disk_leaves_no_document(folder: Path, folder_objects: Objects, chunks: list[bytes]) -> None:
    with files_no_longer_than(9), pytest.raises(Unavailable):
        written(folder_objects, chunks, "GZIP")
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_closing_twice_answers_the_same_and_writes_once(objects: Objects) -> None:
    with DocumentWriter(objects, NAME) as writer:
        writer.write(b"x")
        first = writer.close()
        assert names(objects) == [NAME]
    assert writer.close() is first


def test_memory_stays_flat_for_300_megabytes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MEASURES_ITS_MEMORY, tmp_path.as_uri()]
    size, growth = map(int, subprocess.run(command, capture_output=True, check=True).stdout.split())
    assert size > 150
    assert growth < 16
