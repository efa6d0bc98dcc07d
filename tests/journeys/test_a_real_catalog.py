"""Twenty thousand real products go in by the command line and come back, row for row, through a client from PyPI."""

import csv
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.clients.daybook import ALL_LISTINGS, SELLER, serve, wait_until_ended
from tests.clients.libraries import PythonAmazonSpApi

PRODUCTS = Path(__file__).parents[2].with_name("shared") / "data" / "products.csv"


def price(product_id: str) -> str:
    """The price of a product, as a function of its id alone: its first four digits, in cents and one more."""
    return f"{(int(product_id[:4], 16) + 1) / 100:.2f}"


def quantity(product_id: str) -> int:
    """Likewise: its next two digits."""
    return int(product_id[4:6], 16)


@pytest.mark.skipif(not PRODUCTS.exists(), reason="the real products stand beside the checkout, and here they do not")
def test_a_real_catalog_comes_back_row_for_row(tmp_path: Path) -> None:
    with PRODUCTS.open(encoding="utf-8", newline="") as file:
        products = list(csv.DictReader(file))
    catalog = tmp_path / "catalog.csv"
    with catalog.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "price", "quantity"])
        writer.writerows([p["id"], p["name"], price(p["id"]), quantity(p["id"])] for p in products)

    with serve(tmp_path / "data") as served:
        said = subprocess.run(
            [sys.executable, "-m", "daybook.cli", "catalog", "import", str(catalog), "--data", str(tmp_path / "data"),
             "--seller", SELLER, "--marketplace", "US", "--map", "sku=id", "--map", "item-name=name"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert f"{len(products):,} items added" in said.stdout
        with closing(PythonAmazonSpApi(served)) as client:
            report = wait_until_ended(served, client, client.create_report(ALL_LISTINGS))
            content = client.download(str(report["reportDocumentId"])).decode("utf-8")

    rows = list(csv.DictReader(content.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    found = {row["seller-sku"]: (row["item-name"], row["price"], row["quantity"]) for row in rows}
    assert len(rows) == len(products) == 20_000
    assert found == {p["id"]: (p["name"].strip(" "), price(p["id"]), str(quantity(p["id"]))) for p in products}
