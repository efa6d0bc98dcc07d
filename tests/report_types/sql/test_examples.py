"""The examples, as a reader of the documentation finds them, and a user's SQL over real data."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from daybook.config import read_settings
from daybook.report_types.registry import Registry, registry
from daybook.report_types.sql.sources import Source
from tests.report_types.sql.writing import Folder, request

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "sql"
PRODUCTS = ROOT.parent / "shared" / "data" / "products.csv"
PAGE = ROOT / "docs" / "sql-report-types.md"


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The registry of the examples' own settings, from the root of the project."""
    monkeypatch.chdir(ROOT)
    settings = read_settings({}, EXAMPLES / "daybook.toml", data=tmp_path)
    known = registry(settings.sql)
    known.check()
    return known


def produced(known: Registry, report_type: str, **options: str) -> bytes:
    asked = request(options, report_type=report_type)
    return b"".join(known.producers[report_type].produce(None, asked))


def test_products_are_listed_all_or_those_of_one_category(examples: Registry) -> None:
    every = produced(examples, "GET_PRODUCTS_BY_CATEGORY").decode().splitlines()
    some = produced(examples, "GET_PRODUCTS_BY_CATEGORY", category="Living room").decode().splitlines()
    assert every[0] == "id\tname\tcategory\tcategory_path"
    assert [line.split("\t")[0] for line in every[1:]] == ["BOWL-1", "BOWL-2", "KNIFE-7", "LAMP-3", "MUG-12", "RUG-5"]
    assert [line.split("\t")[0] for line in some[1:]] == ["LAMP-3", "RUG-5"]
    assert produced(examples, "GET_PRODUCTS_BY_CATEGORY", category="Garden") == b""


def test_changes_of_stock_are_the_sellers_own_in_the_range_and_the_charset(examples: Registry) -> None:
    content = produced(examples, "GET_STOCK_CHANGES").decode("cp1252")
    assert [row[:2] for row in csv.reader(content.splitlines())] == [
        ["sku", "name"],
        ["BOWL-1", "Bowl of olive wood"],
        ["BOWL-2", "Bowl, enamelled, ? 14 cm"],
        ["LAMP-3", "Reading lamp"],
    ]
    assert examples.types.find("GET_STOCK_CHANGES").content_type == "text/csv; charset=Cp1252"


@pytest.mark.parametrize(
    ("order", "categories"), [("value", ["Kitchen", "Living room"]), ("category", ["Kitchen", "Living room"])]
)
def test_the_value_of_stock_is_a_workbook(
    examples: Registry, tmp_path: Path, order: str, categories: list[str]
) -> None:
    folder = Folder(tmp_path)
    folder.add("book.xlsx", produced(examples, "GET_STOCK_VALUE", order=order), header=True)
    found = folder.rows("SELECT category, pieces::INT AS pieces, value FROM book")
    assert [row["category"] for row in found] == categories
    assert found[0] == {"category": "Kitchen", "pieces": 17, "value": 383.1}


def test_the_page_shows_the_example_as_it_is() -> None:
    shown = re.findall(r"```(?:sql|toml)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert (EXAMPLES / "stock_changes.sql").read_text("utf-8") in shown
    assert (EXAMPLES / "daybook.toml").read_text("utf-8").partition("\n")[2] in shown


def test_an_example_runs_over_twenty_thousand_real_products_row_for_row(examples: Registry, tmp_path: Path) -> None:
    if not PRODUCTS.exists():
        pytest.skip("There is no products.csv in ../shared/data.")
    settings = read_settings({}, EXAMPLES / "daybook.toml", data=tmp_path).sql
    sources = {**settings.sources, "products": Source("csv", str(PRODUCTS))}
    known = registry(replace(settings, sources=sources))
    lines = produced(known, "GET_PRODUCTS_BY_CATEGORY").decode().split("\n")
    with PRODUCTS.open(encoding="utf-8", newline="") as file:
        expected = sorted((row["id"], row["name"], row["category_path"]) for row in csv.DictReader(file))
    found = [tuple(line.split("\t")) for line in lines[1:-1]]
    assert [(id, name, path) for id, name, _, path in found] == expected
    assert all(category == path.partition(" >> ")[0] for _, _, category, path in found)
    assert duckdb.__version__.startswith("1.5.")
