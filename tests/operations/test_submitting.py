"""A file that cannot be read to its end leaves nothing behind, and its key is good for another try."""

import gzip
import io

import pytest

from daybook.kernel.errors import InvalidInput
from daybook.kernel.files.limits import Limits
from daybook.operations.drafting import Defaults, drafts_of
from daybook.operations.files.reading import read_rows
from daybook.operations.submitting import Submission, Submitted, submit, try_out
from tests.operations.driving import DE, SELLER, Book

ROWS = b"sku,price\n" + b"".join(b"SKU-%06d,10.50\n" % number for number in range(20_000))
SUBMISSION = Submission(SELLER, "prices.csv.gz", "tester", "prices-1")


def submitted(book: Book, content: bytes, *, dry: bool = False) -> Submitted:
    rows = read_rows(io.BytesIO(gzip.compress(content)), limits=Limits(empty_lines=100))
    drafts = drafts_of(rows, (DE,), Defaults("set_price", DE))
    return try_out(book.store.do, SUBMISSION, drafts) if dry else submit(book.store.do, book.ids, SUBMISSION, drafts)


@pytest.mark.parametrize("dry", [False, True])
def test_a_file_that_goes_on_with_empty_rows_is_refused_and_nothing_of_it_is_submitted(book: Book, dry: bool) -> None:
    with pytest.raises(InvalidInput, match="more than 100 empty lines"):
        submitted(book, ROWS + b",\n" * 250_000, dry=dry)
    assert book.store.read(lambda tx: tx.batches_page(SELLER, (), "", 10)) == []
    if not dry:
        assert submitted(book, ROWS).counts.total() == 20_000
