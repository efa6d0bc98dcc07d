"""Folders for what spills."""

import subprocess
import sys
from pathlib import Path

import pytest

from daybook.report_types.sql.scratch import scratch_folder

KEEPS_ONE = """
import sys
from pathlib import Path
from daybook.report_types.sql.scratch import scratch_folder

with scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "spilt").write_text("much")
    print(folder.name, flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_gone_after_its_report_however_that_ends(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "scratch") as folder:
        (folder / "spilt").write_text("much")
    with pytest.raises(ZeroDivisionError), scratch_folder(tmp_path / "scratch") as folder:
        raise ZeroDivisionError
    assert list((tmp_path / "scratch").iterdir()) == []


def test_reports_have_folders_of_their_own(tmp_path: Path) -> None:
    with scratch_folder(tmp_path) as one, scratch_folder(tmp_path) as another:
        assert sorted(tmp_path.iterdir()) == sorted([one, another])


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KEEPS_ONE, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        with scratch_folder(tmp_path) as own:
            assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, own.name])
        process.kill()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with scratch_folder(tmp_path) as own:
        assert list(tmp_path.iterdir()) == [own]
