"""Values that must be read again, and by nobody else."""

import base64
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybook.accounts.ports import SealedValue
from daybook.accounts.sealing import Seals, reseal
from daybook.kernel.errors import Misconfigured
from daybook.kernel.keys import Keys, add_root, drop_older_roots, read_or_create

OLD, NEW = bytes(32), b"\1" * 32


class Rows:
    """A store of sealed values."""

    def __init__(self, values: Sequence[SealedValue]) -> None:
        self.texts = dict(values)

    def sealed_values(self, other_than: str, limit: int) -> list[SealedValue]:
        return [SealedValue(*row) for row in self.texts.items() if not row[1].startswith(other_than)][:limit]

    def replace_sealed(self, old: SealedValue, text: str) -> bool:
        if self.texts.get(old.identity) != old.text:
            return False
        self.texts[old.identity] = text
        return True


@given(st.binary(max_size=300))
def test_what_is_sealed_opens_again_and_shows_nothing(plain: bytes) -> None:
    seals = Seals(Keys(OLD))
    sealed = seals.seal("destination/S1/D1", plain)
    assert seals.open("destination/S1/D1", sealed) == plain
    assert sealed.isascii()
    assert len(plain) < 4 or plain not in base64.b64decode(sealed.split(".")[2])


def test_the_same_value_is_sealed_differently_each_time() -> None:
    seals = Seals(Keys(OLD))
    assert seals.seal("a", b"secret") != seals.seal("a", b"secret")


def test_a_value_does_not_open_in_another_row() -> None:
    seals = Seals(Keys(OLD))
    with pytest.raises(Misconfigured, match=r"secret of destination/S2/D1 does not open") as refused:
        seals.open("destination/S2/D1", seals.seal("destination/S1/D1", b"secret"))
    assert refused.value.details == "Remove what has it, and add it anew."


def test_a_text_that_was_changed_anywhere_does_not_open() -> None:
    seals = Seals(Keys(OLD), randomness=lambda size: b"n" * size)
    sealed = seals.seal("a", b"secret")
    for place in range(len(sealed)):
        for other in set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=.") - {sealed[place]}:
            with pytest.raises(Misconfigured):
                seals.open("a", sealed[:place] + other + sealed[place + 1 :])


@pytest.mark.parametrize("text", ["", "s1", "s1.", "s1..", "secret", "s1.x.y", "s2.a.b", "é.é.é", "."])
def test_what_was_never_sealed_does_not_open(text: str) -> None:
    with pytest.raises(Misconfigured):
        Seals(Keys(OLD)).open("a", text)


def test_after_a_rotation_old_values_open_and_new_ones_have_the_new_key() -> None:
    old, rotated = Seals(Keys(OLD)), Seals(Keys(NEW, OLD))
    before = old.seal("a", b"secret")
    assert rotated.open("a", before) == b"secret"
    assert rotated.seal("a", b"secret").startswith(rotated.beginning)
    assert rotated.beginning != old.beginning
    assert Seals(Keys(NEW)).beginning == rotated.beginning


def test_a_key_that_is_not_there_is_told_with_what_to_do() -> None:
    sealed = Seals(Keys(OLD)).seal("destination/S1/D1", b"secret")
    with pytest.raises(Misconfigured, match="a key that is not in the key file") as refused:
        Seals(Keys(NEW)).open("destination/S1/D1", sealed)
    assert sealed.split(".")[1] in refused.value.details


def test_a_running_process_reads_the_file_again_where_another_rotated_it(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    running = Seals(read_or_create(path), reread=lambda: read_or_create(path))
    first = running.seal("a", b"secret")
    rotated = Seals(add_root(path))
    assert running.open("a", rotated.seal("a", b"secret")) == b"secret"
    add_root(path)
    assert running.seal("a", b"secret").startswith(Seals(read_or_create(path)).beginning)
    assert running.open("a", first) == b"secret"


def test_resealing_leaves_nothing_under_an_older_key_and_every_value_readable(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    before = Seals(read_or_create(path))
    names = [f"destination/S1/{number}" for number in range(1201)]
    rows = Rows([SealedValue(name, before.seal(name, name.encode())) for name in names])
    after = Seals(add_root(path))
    counts = [reseal(rows, after) for _ in range(4)]
    assert counts == [(500, 500), (500, 500), (201, 201), (0, 0)]
    assert drop_older_roots(path, read_or_create(path)) == 1
    alone = Seals(read_or_create(path))
    assert [alone.open(name, rows.texts[name]) for name in names] == [name.encode() for name in names]


def test_what_somebody_changes_meanwhile_is_left_as_they_have_it() -> None:
    class Busy(Rows):
        def sealed_values(self, other_than: str, limit: int) -> list[SealedValue]:
            found = super().sealed_values(other_than, limit)
            self.texts["a"] = seals.seal("a", b"newer")
            return found

    seals = Seals(Keys(NEW, OLD))
    rows = Busy([SealedValue("a", Seals(Keys(OLD)).seal("a", b"older"))])
    assert reseal(rows, seals) == (1, 0)
    assert seals.open("a", rows.texts["a"]) == b"newer"
