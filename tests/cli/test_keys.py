"""`daybook keys`."""

import stat
from collections.abc import Callable
from dataclasses import replace

import pytest

from daybook.accounts.sealing import Seals
from daybook.kernel.errors import Misconfigured
from daybook.kernel.ids import Ids
from daybook.kernel.keys import read_or_create
from daybook.notifications.confidential import Confidential, Secret, opened
from daybook.notifications.destinations import Draft, add
from daybook.notifications.signing import new_secret
from tests.cli.typing_in import Terminal

SECRET = Confidential((Secret(new_secret(bytes)),))


class House:
    """A Daybook with destinations."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.file = terminal.data / "keys" / "root.key"
        self.terminal.done("accounts", "add", "--seller", "S1", "--name", "First", "--marketplace", "US")
        self.ids: list[str] = []

    def add_destination(self) -> None:
        """One more destination, sealed with what the key file has now."""
        seals, draft = Seals(read_or_create(self.file)), Draft("S1", f"https://hooks.example.com/{len(self.ids)}")
        with self.terminal.store() as store:
            made = store.do(lambda tx: add(tx, tx.now, Ids(), seals, draft, SECRET, "test"))
        self.ids.append(made.destination_id)

    def sealed(self) -> list[str]:
        """The sealed texts, as they are stored."""
        with self.terminal.store() as store, store.reading() as tx:
            return [one.sealed for one in tx.destinations("S1")]

    def open(self) -> list[Confidential]:
        """The destinations' secrets, opened with the key file as it is."""
        seals = Seals(read_or_create(self.file))
        with self.terminal.store() as store, store.reading() as tx:
            return [opened(seals, "S1", one.destination_id, one.sealed) for one in tx.destinations("S1")]


on_sqlite = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, nowhere: Terminal) -> House:
    terminal = nowhere
    if request.param == "postgres":
        new_postgres: Callable[[], str] = request.getfixturevalue("new_postgres")
        terminal = replace(nowhere, environment={"DAYBOOK_DATABASE_URL": new_postgres()})
    terminal.done("migrate")
    house = House(terminal)
    for _ in range(3):
        house.add_destination()
    return house


def test_a_rotation_seals_every_secret_anew_and_all_of_them_open(house: House) -> None:
    before = house.sealed()
    answer = house.terminal.json("keys", "rotate")
    assert answer == {"file": str(house.file), "keys": 2, "resealed": 3}
    assert set(before).isdisjoint(house.sealed())
    assert house.open() == [SECRET] * 3
    assert stat.S_IMODE(house.file.stat().st_mode) == 0o600


def test_what_an_older_key_sealed_still_opens_until_that_key_is_forgotten(house: House) -> None:
    with house.terminal.store() as store, store.reading() as tx:
        [old, *_] = tx.destinations("S1")
    house.terminal.done("keys", "rotate")
    assert opened(Seals(read_or_create(house.file)), "S1", old.destination_id, old.sealed) == SECRET
    assert house.terminal.json("keys", "forget") == {"file": str(house.file), "dropped": 1, "resealed": 0}
    with pytest.raises(Misconfigured, match="not in the key file"):
        opened(Seals(read_or_create(house.file)), "S1", old.destination_id, old.sealed)
    assert house.open() == [SECRET] * 3


def test_what_nobody_has_sealed_anew_yet_is_before_a_key_is_forgotten(house: House) -> None:
    older = house.file.read_text()
    house.terminal.done("keys", "rotate")
    newest = house.file.read_text().splitlines()[0]
    house.file.write_text(older)  # a process that had not seen the rotation seals one more
    house.add_destination()
    house.file.write_text(f"{newest}\n{older}")
    assert house.terminal.json("keys", "forget")["resealed"] == 1
    assert house.file.read_text() == f"{newest}\n"
    assert house.open() == [SECRET] * 4


@on_sqlite
def test_people_are_told_what_happened_and_what_to_do(house: House) -> None:
    told = house.terminal.done("keys", "rotate")
    assert f"{house.file} has a new root key; 3 secrets are sealed anew with it." in told.out.replace("\n", " ")
    assert "keep a copy of the file" in told.err + told.out
    assert "One older root key is dropped" in house.terminal.done("keys", "forget").out
    assert "No older root keys are dropped" in house.terminal.done("keys", "forget").out


@on_sqlite
def test_a_secret_whose_key_is_lost_is_named(house: House) -> None:
    house.file.unlink()
    ran = house.terminal("keys", "rotate")
    assert ran.code == 1
    assert "The secret of destination/S1/" in ran.err
    assert "Put back the key file" in ran.err


@on_sqlite
def test_a_key_file_that_cannot_be_written_is_told(house: House) -> None:
    house.file.chmod(0o644)
    ran = house.terminal("keys", "rotate")
    assert ran.code == 1
    assert f"chmod 600 {house.file}" in ran.err.replace("\n", "")
