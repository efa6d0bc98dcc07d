"""One root secret, and a key for each purpose."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from daybook.kernel.errors import Misconfigured
from daybook.kernel.keys import Keys, add_root, drop_older_roots, read_or_create


def test_a_key_belongs_to_its_root_and_its_purpose() -> None:
    keys = Keys(bytes(32))
    assert keys.of("pages") == Keys(bytes(32)).of("pages")
    assert len({keys.of("pages"), keys.of("documents"), Keys(b"\1" * 32).of("pages")}) == 3
    assert len(keys.of("pages")) == 32


def test_a_root_of_another_length_is_refused() -> None:
    with pytest.raises(Misconfigured, match="has 32 bytes; this one has 31"):
        Keys(bytes(31))


def test_a_missing_file_is_made_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "root.key"
    made = read_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_or_create(path).of("pages") == made.of("pages")
    assert list(path.parent.iterdir()) == [path]


def test_two_missing_files_get_different_roots(tmp_path: Path) -> None:
    assert read_or_create(tmp_path / "one").of("pages") != read_or_create(tmp_path / "two").of("pages")


def test_a_file_that_others_can_read_is_refused_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    read_or_create(path)
    path.chmod(0o640)
    with pytest.raises(Misconfigured, match="can be read by others") as refused:
        read_or_create(path)
    assert refused.value.details == f"Run: chmod 600 {path}"


@pytest.mark.parametrize("content", [b"", b"00" * 31, b"zz" * 32, b"\xff" * 64])
def test_a_file_that_holds_no_root_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "root.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Misconfigured):
        read_or_create(path)
    assert path.read_bytes() == content


def test_a_folder_in_the_files_place_is_named_as_the_fault(tmp_path: Path) -> None:
    (tmp_path / "root.key").mkdir(mode=0o700)
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_or_create(tmp_path / "root.key")


def test_a_new_root_stands_first_and_those_before_it_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    first = read_or_create(path).of("pages")
    second = add_root(path, lambda count: b"\2" * count).of("pages")
    assert second == Keys(b"\2" * 32).of("pages")
    assert read_or_create(path).every("pages") == (second, first)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_older_roots_can_be_dropped_and_the_newest_stays(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    read_or_create(path)
    newest = [add_root(path) for _ in range(3)][-1]
    assert drop_older_roots(path, newest) == 3
    assert read_or_create(path).every("pages") == (newest.of("pages"),)
    assert drop_older_roots(path, newest) == 0


def test_a_root_that_is_put_in_meanwhile_drops_none_that_something_is_sealed_with(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    read_or_create(path)
    sealing = add_root(path)
    newest = add_root(path)
    assert drop_older_roots(path, sealing) == 1
    assert read_or_create(path).every("pages") == (newest.of("pages"), sealing.of("pages"))


def test_a_key_that_the_file_has_no_more_drops_none(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    before = read_or_create(path)
    drop_older_roots(path, add_root(path))
    assert drop_older_roots(path, before) == 0


def test_a_new_root_is_on_the_disk_under_its_name_before_anything_is_sealed_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut could leave the file of before, beside a database that is sealed with the new one."""
    path = tmp_path / "root.key"
    settled: list[str] = []

    def noted(descriptor: int) -> None:
        settled.append(path.read_text() if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "a draft")

    monkeypatch.setattr(os, "fsync", noted)
    read_or_create(path)
    assert settled == ["a draft", path.read_text()]
    add_root(path)
    assert settled[2:] == ["a draft", path.read_text()]


def test_the_draft_of_a_rotation_that_was_killed_goes_with_the_next(tmp_path: Path) -> None:
    """It holds roots that are to be forgotten."""
    path = tmp_path / "root.key"
    read_or_create(path)
    (tmp_path / "root.key.4711").write_text(path.read_text())
    (tmp_path / "root.key.saved").write_text("a copy of the operator's")
    drop_older_roots(path, add_root(path))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["root.key", "root.key.saved"]


def test_a_key_file_that_is_not_there_is_not_rotated(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be written anew"):
        add_root(tmp_path / "root.key")
    with pytest.raises(Misconfigured, match="cannot be written anew"):
        drop_older_roots(tmp_path / "nowhere" / "root.key", Keys(bytes(32)))


def test_many_rotations_at_once_lose_no_root(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    read_or_create(path)
    code = "import sys, pathlib; from daybook.kernel.keys import add_root; add_root(pathlib.Path(sys.argv[1]))"
    rotations = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(4)]
    assert [rotation.wait() for rotation in rotations] == [0] * 4
    assert len(set(read_or_create(path).every("pages"))) == 5
