"""`daybook catalog`."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.typing_in import Shop

Words = tuple[str, ...]
IMPORT = ("--seller", "A1SHOP", "--marketplace", "US")


def lines_with_faults(rows: int) -> Iterator[str]:
    yield "sku,title,price"
    for number in range(rows):
        yield f"F-{number},Thing," if number % 2 else f",No sku {number},1.00"


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text("utf-8").splitlines()))


def test_items_are_counted_by_status(shop: Shop) -> None:
    told = shop.terminal.json("catalog", "show", *IMPORT)
    assert (told["items"], told["byStatus"]) == (3, {"Active": 1, "Inactive": 2})
    shown = shop.terminal.done("catalog", "show", *IMPORT).out
    assert [line.split() for line in shown.splitlines()[1:]] == [["Active", "1"], ["Inactive", "2"], ["all", "3"]]


def test_one_item_is_shown_whole(shop: Shop) -> None:
    told = shop.terminal.json("catalog", "show", *IMPORT, "--sku", "A-1")
    assert (told["name"], told["price"], told["currency"], told["quantity"]) == ("Kettle, enamel", "34.90", "USD", 3)
    assert told["imageUrl"] == "https://images.example/1.jpg"
    assert "Kettle, enamel" in shop.terminal.done("catalog", "show", *IMPORT, "--sku", "A-1").out


def test_an_item_that_is_not_there_is_said_to_be_missing(shop: Shop) -> None:
    ran = shop.terminal("catalog", "show", *IMPORT, "--sku", "a-1", "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (1, "", "NotFound")


def test_an_import_says_what_was_added_and_what_was_changed(shop: Shop) -> None:
    file = shop.terminal.write("more.tsv", "sku\ttitle\tprice\nA-1\tKettle\t35.00\nA-9\tMug\t8.00\n")
    told = shop.terminal.json("catalog", "import", file, *IMPORT)
    assert [told[name] for name in ("read", "added", "changed", "refused")] == [2, 1, 1, 0]
    assert shop.terminal.json("catalog", "show", *IMPORT, "--sku", "A-1")["price"] == "35.00"


def test_columns_are_mapped_and_formats_and_encodings_named(shop: Shop) -> None:
    content = gzip.compress("id;wie es heißt;was es kostet\nÄ-1;Größe;1.234,50\n".encode("cp1252"))
    file = shop.terminal.write("katalog", content)
    mapping = ("--map", "sku=id", "--map", "item-name=wie es heißt", "--map", "price=was es kostet")
    words = (*mapping, "--format", "csv", "--encoding", "cp1252", "--decimal", ",")
    shop.terminal.done("catalog", "import", file, *IMPORT, *words)
    told = shop.terminal.json("catalog", "show", *IMPORT, "--sku", "Ä-1")
    assert (told["name"], told["price"]) == ("Größe", "1234.50")


def test_a_refused_row_is_named_by_its_line_and_the_exit_code_says_so(shop: Shop) -> None:
    file = shop.terminal.write("faulty.csv", "sku,title,price\nB-1,Mug,8.00\n,Nameless,1.00\nB-2,Cup,7.00\n")
    ran = shop.terminal("catalog", "import", file, *IMPORT)
    assert ran.code == 1
    assert "3 rows read: 2 items added, 0 changed, 1 row refused." in ran.out
    assert "  line 3" in ran.out
    assert shop.terminal.json("catalog", "show", *IMPORT)["items"] == 5


def test_a_value_that_is_left_out_is_noted_and_is_no_failure(shop: Shop) -> None:
    file = shop.terminal.write("noted.csv", "sku,title,price\nC-1,Mug,cheap\n")
    ran = shop.terminal.done("catalog", "import", file, *IMPORT)
    assert "Taken, but for a value:" in ran.out
    assert "line 2, price: 'cheap'" in ran.out


def test_twenty_faults_are_shown_and_a_file_gets_them_all(shop: Shop) -> None:
    file = shop.terminal.write("faulty.csv", "\n".join(lines_with_faults(50)))
    faults = shop.terminal.folder / "faults.csv"
    ran = shop.terminal("catalog", "import", file, *IMPORT, "--faults", faults)
    assert ran.out.count("  line ") == 20
    assert f"and 5 more; all are in {faults}." in ran.out
    rows = rows_of(faults)
    assert [int(row["line"]) for row in rows] == list(range(2, 52, 2))
    assert {row["refused"] for row in rows} == {"True"}


def test_a_sku_that_comes_twice_is_in_the_file_of_faults_too(shop: Shop) -> None:
    file = shop.terminal.write("twice.csv", "sku,title,price\nD-1,Mug,8.00\nD-1,Cup,7.00\n")
    faults = shop.terminal.folder / "faults.csv"
    assert shop.terminal("catalog", "import", file, *IMPORT, "--faults", faults).code == 1
    assert [row["line"] for row in rows_of(faults)] == ["2"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("missing.csv", *IMPORT), "missing.csv cannot be read: No such file"),
        ((".", *IMPORT), "cannot be read: Is a directory"),
        (("catalog.csv", "--seller", "A1SHOP", "--marketplace", "DE"), "does not sell in DE"),
        (("catalog.csv", "--seller", "NOBODY", "--marketplace", "US"), "no seller NOBODY"),
        (("catalog.csv", *IMPORT, "--map", "item-name=Titel"), "no column 'Titel'"),
        (("catalog.csv", *IMPORT, "--faults", "no/such/folder.csv"), "folder.csv cannot be written"),
    ],
)
def test_what_cannot_be_imported_is_refused_before_anything_is_stored(
    shop: Shop, shop_template: Shop, words: tuple[str, ...], told: str
) -> None:
    first = shop.terminal.folder / words[0]
    if words[0] == "catalog.csv":
        first.write_bytes((shop_template.terminal.folder / "catalog.csv").read_bytes())
    rest = [str(shop.terminal.folder / word) if "/" in word else word for word in words[1:]]
    ran = shop.terminal("catalog", "import", first, *rest)
    assert ran.code == 1
    assert told in ran.err
    assert shop.terminal.json("catalog", "show", *IMPORT)["items"] == 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--map", "sku"), "--map: --map sku is not TARGET=COLUMN."),
        (("--map", "colour=Farbe"), "--map has no target 'colour'"),
        (("--encoding", "klingon"), "There is no text encoding 'klingon'."),
        (("--decimal", ";"), "'--decimal'"),
        (("--marketplace", "Mars"), "'Mars' is no marketplace."),
    ],
)
def test_a_value_that_cannot_be_one_is_a_fault_of_the_command_line(shop: Shop, words: Words, told: str) -> None:
    ran = shop.terminal("catalog", "import", "catalog.csv", *IMPORT, *words, "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", "InvalidInput")
    assert told in ran.error["message"]


def test_a_file_of_invalid_utf_8_names_its_line_and_loses_no_other_row(shop: Shop) -> None:
    file = shop.terminal.write("latin.csv", b"sku,title\nE-1,Mug\nE-2,Caf\xe9\nE-3,Cup\n")
    ran = shop.terminal("catalog", "import", file, *IMPORT)
    assert "line 3" in ran.out + ran.err
    assert shop.terminal.json("catalog", "show", *IMPORT, "--sku", "E-3")["name"] == "Cup"


def test_the_bar_is_for_people_at_a_terminal_alone(shop: Shop, tmp_path: Path) -> None:
    file = shop.terminal.write("quiet.csv", "sku,title\nG-1,Mug\n")
    assert shop.terminal.done("catalog", "import", file, *IMPORT).err == ""
