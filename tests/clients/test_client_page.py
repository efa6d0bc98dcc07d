"""The code of docs/client.md, as it stands there, against a Daybook."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daybook.client import daybook
from tests.clients.libraries import NOBODY_TRUSTED
from tests.clients.practice import Practice, practising
from tests.house.tree import ROOT

BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "client.md").read_text("utf-8"), re.DOTALL)
LISTINGS = "seller-sku\tprice\nLAMP-1\t9.99\n"
ENDS_SO = {"reportType": "*", "inProgress": 90, "endings": [{"status": "DONE", "text": LISTINGS}]}


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    """A Daybook to practise on, in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    with practising(tmp_path / "data") as practice:
        yield practice


def run(block: str, names: dict[str, Any]) -> None:
    exec(compile(block, "docs/client.md", "exec"), names)  # noqa: S102  that is what the page is held to


def test_all_of_it_runs_in_its_order(practice: Practice, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {"__name__": "docs"}
    with practice.scenario("A1SELLER", ENDS_SO) as served:
        run(BLOCKS[0], names)
        assert set(names["credentials"]) == {"client_id", "client_secret", "refresh_token"}
        names["server"] = daybook(served.url)
        names["credentials"] = {
            **{name: getattr(served, name) for name in names["credentials"]},
            "sleep": practice.sleep,
            "clock": practice.clock,
            "monotonic": practice.ticks,
            "verify": NOBODY_TRUSTED,
        }
        for block in BLOCKS[1:]:
            run(block, names)
    said = capsys.readouterr().out
    assert Path("listings.tsv").read_text("utf-8") == LISTINGS
    assert Path("orders.tsv").read_text("utf-8") == "seller-sku\tprice\n" + "LAMP-1\t9.99\n" * 2
    assert all(
        words in said for words in ("LAMP-1 9.99\n", "2 reports\n", "Result(", "IN_PROGRESS", "'createReport', 202")
    )
