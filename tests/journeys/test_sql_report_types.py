"""A user's own SQL over data of his own, asked for, waited for and downloaded by a client that knows nothing of it."""

import csv
import json
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from daybook.documents.documents import Document
from daybook.reports.reports import Report
from tests.clients.daybook import SELLER, Served, serve, wait_until_ended
from tests.clients.libraries import PythonAmazonSpApi

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "sql"
REAL = ROOT.parent / "shared" / "data" / "products.csv"

BY_CATEGORY = "GET_PRODUCTS_BY_CATEGORY"
BROKEN = "GET_BROKEN"
NOTHING = "GET_NOTHING"


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of SQL files: the example over products, one that is broken, one that finds nothing."""
    folder = tmp_path_factory.mktemp("types")
    example = (EXAMPLES / "products_by_category.sql").read_text("utf-8")
    (folder / "products.sql").write_text(example, "utf-8")
    (folder / "broken.sql").write_text(
        f"-- report type: {BROKEN}\n-- format: CSV\n\nSELECT id,\n    price\nFROM products"
    )
    (folder / "nothing.sql").write_text(f"-- report type: {NOTHING}\n-- format: XLSX\n\nFROM products WHERE false")
    return folder


@pytest.fixture(scope="module")
def products() -> Path:
    """Twenty thousand real products, or those of the example where there are none beside the checkout."""
    return REAL if REAL.exists() else EXAMPLES / "products.csv"


@pytest.fixture(scope="module")
def served(types: Path, products: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    sources = {"products": {"kind": "csv", "location": str(products)}}
    with serve(tmp_path_factory.mktemp("daybook"), sql_types=types, sources=sources) as running:
        yield running


@pytest.fixture
def client(served: Served) -> Iterator[PythonAmazonSpApi]:
    with closing(PythonAmazonSpApi(served)) as made:
        yield made


def ended(served: Served, client: PythonAmazonSpApi, report_type: str) -> dict[str, object]:
    return wait_until_ended(served, client, client.create_report(report_type))


def stored(served: Served, report: dict[str, object]) -> tuple[Report, Document]:
    """The report and its document, as the server has them."""
    with served.app.store.reading() as tx:
        found = tx.report(SELLER, str(report["reportId"]))
        assert found is not None
        document = tx.document(SELLER, str(found.document_id))
        assert document is not None
        return found, document


def test_a_users_sql_is_requested_waited_for_and_downloaded_by_python_amazon_sp_api(
    served: Served, client: PythonAmazonSpApi, products: Path
) -> None:
    report = ended(served, client, BY_CATEGORY)
    assert report["processingStatus"] == "DONE"

    lines = client.download(str(report["reportDocumentId"])).decode().split("\n")

    with products.open(encoding="utf-8", newline="") as file:
        expected = sorted((row["id"], row["name"], row["category_path"]) for row in csv.DictReader(file))
    assert lines[0] == "id\tname\tcategory\tcategory_path"
    assert [(id, name, path) for id, name, _, path in (line.split("\t") for line in lines[1:-1])] == expected
    assert stored(served, report)[1].content_type == "text/plain; charset=UTF-8"


def test_a_broken_query_is_fatal_with_a_document_that_says_line_and_reason(
    served: Served, client: PythonAmazonSpApi, products: Path
) -> None:
    report = ended(served, client, BROKEN)
    assert report["processingStatus"] == "FATAL"

    document = client.download(str(report["reportDocumentId"]))

    told = json.loads(document)["errorDetails"]
    assert told.startswith('broken.sql, line 5: Referenced column "price" not found in FROM clause!')
    assert str(products) not in told


def test_a_query_without_rows_is_no_data(served: Served, client: PythonAmazonSpApi) -> None:
    report = ended(served, client, NOTHING)
    assert report["processingStatus"] == "CANCELLED"
    with served.app.store.reading() as tx:
        found = tx.report(SELLER, str(report["reportId"]))
    assert found is not None
    assert found.outcome == "no_data"


def test_a_running_server_takes_what_is_new_and_keeps_what_was_good(
    served: Served, client: PythonAmazonSpApi, types: Path
) -> None:
    file = types / "counted.sql"
    good = (
        "-- report type: GET_COUNTED\n-- format: CSV\n-- charset: UTF-16\n\nSELECT count(*) > 0 AS some FROM products"
    )
    file.write_text(good)
    first = ended(served, client, "GET_COUNTED")
    file.write_text(good.replace("SELECT", "SELEKT"))

    second = ended(served, client, "GET_COUNTED")

    for report in (first, second):
        found, document = stored(served, report)
        assert (report["processingStatus"], document.content_type) == ("DONE", "text/csv; charset=UTF-16")
        content = b"".join(served.app.objects.read(document.object_name, 0, document.size))
        assert zlib.decompress(content, 31).decode("utf-16") == "some\ntrue\n"
        assert found.attempts == 1
