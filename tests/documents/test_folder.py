"""What holds of folders alone: full disks, crashes, folders that go away."""

import errno
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from daybook.documents.faults import told
from daybook.documents.objects import Objects
from daybook.kernel.clock import system_clock
from daybook.kernel.errors import Misconfigured, Unavailable
from tests.documents.disk import files_no_longer_than
from tests.documents.test_objects import NAME, PARTS, WHOLE, names, put

WRITES_AND_WAITS = f"""
import random, sys
from daybook.documents.objects import Objects
with Objects.open(sys.argv[1]).writer({NAME!r}) as writer:
    for number in range(7):
        writer.write(random.Random(number).randbytes({len(PARTS[0])}))
    print("written", flush=True)
    sys.stdin.read()
"""


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_folder_is_made_for_its_owner_alone(folder: Path, folder_objects: Objects) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("size", [1, 1024 * 1024, len(WHOLE) - 1])
def test_a_full_disk_is_told_and_leaves_nothing(folder: Path, folder_objects: Objects, size: int) -> None:
    with files_no_longer_than(size), pytest.raises(Unavailable) as full:
        put(folder_objects, NAME, *PARTS)
    assert folder.as_uri() in full.value.message
    assert "It is full: free space" in full.value.details
    assert files(folder) == []
    put(folder_objects, NAME, *PARTS)
    assert b"".join(folder_objects.read(NAME, 0, len(WHOLE))) == WHOLE


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_every_way_of_being_full_is_known_by_its_number(number: int) -> None:
    with pytest.raises(Unavailable) as by_python, told("file:///here", "written"):
        raise OSError(number, os.strerror(number))
    with pytest.raises(Unavailable) as by_obstore, told("file:///here", "written"):
        raise OSError(f"Unable to copy data to file: {os.strerror(number)} (os error {number})\n\nDebug source:\nOs")
    assert "It is full" in by_python.value.details
    assert "It is full" in by_obstore.value.details
    assert "Debug" not in by_obstore.value.details


def test_a_writer_killed_in_mid_write_leaves_no_object_and_its_draft_is_swept(
    folder: Path, folder_objects: Objects
) -> None:
    command = [sys.executable, "-c", WRITES_AND_WAITS, folder.as_uri()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "written\n"
        writer.kill()
    assert names(folder_objects) == []
    assert len(files(folder)) == 1
    assert folder_objects.remove_drafts(system_clock() - timedelta(minutes=5)) == 0
    assert folder_objects.remove_drafts(system_clock() + timedelta(minutes=5)) == 1
    assert files(folder) == []


def test_drafts_are_told_from_objects_and_from_what_is_not_ours(folder: Path, folder_objects: Objects) -> None:
    put(folder_objects, NAME, b"x")
    for name in ("notes#1", f"{NAME}#old"):
        (folder / name).write_text("another's")
    assert folder_objects.remove_drafts(system_clock() + timedelta(minutes=5)) == 0
    assert len(files(folder)) == 3
    assert names(folder_objects) == [NAME]


def test_a_folder_that_has_gone_is_told_and_not_made_anew(folder: Path, folder_objects: Objects) -> None:
    put(folder_objects, NAME, b"x")
    shutil.move(folder, folder.with_name("unmounted"))
    for ask in (
        folder_objects.check,
        lambda: folder_objects.size(NAME),
        lambda: list(folder_objects.read(NAME, 0, 1)),
        lambda: put(folder_objects, NAME, b"x"),
    ):
        with pytest.raises(Unavailable, match=str(folder)):
            ask()
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="cannot be made"):
        Objects.open((tmp_path / "file" / "documents").as_uri())
