"""Files to be filled in: the columns of a kind of operation, and one line as an example."""

import csv
import io

from daybook.accounts.marketplaces import MARKETPLACES, country
from daybook.operations.kinds.kind import Kind

EXAMPLE_SKU = "SKU-00012"


def template(kind: Kind, marketplace_id: str = MARKETPLACES["DE"]) -> str:
    """CSV with a header and an example, as a submission takes it."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["operation", "sku", "marketplace", *(column.name for column in kind.columns)])
    rows.writerow([kind.name, EXAMPLE_SKU, country(marketplace_id), *(column.example for column in kind.columns)])
    return text.getvalue()
