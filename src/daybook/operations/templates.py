"""Files to be filled in: the columns of a kind of operation, and one line as an example."""

import csv
import io

from daybook.operations.kinds.kind import Kind

EXAMPLE_SKU, EXAMPLE_COUNTRY = "SKU-00012", "DE"


def template(kind: Kind) -> str:
    """CSV with a header and an example, as a submission takes it."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["operation", "sku", "marketplace", *(column.name for column in kind.columns)])
    rows.writerow([kind.name, EXAMPLE_SKU, EXAMPLE_COUNTRY, *(column.example for column in kind.columns)])
    return text.getvalue()
