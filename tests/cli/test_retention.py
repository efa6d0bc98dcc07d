"""`daybook retention`."""

from datetime import timedelta

import pytest

from daybook.kernel.clock import to_micros
from daybook.lanes import WorkClass
from daybook.store.schema import document
from daybook.worker.sweep import SWEEP
from tests.cli.typing_in import Shop, Terminal


def expired(shop: Shop, days: int) -> int:
    """The bytes of a document that expired so long ago."""
    shop.made()
    with shop.terminal.store() as store, store.transaction() as tx:
        tx.connection.execute(document.update().values(expires_at=to_micros(tx.now - timedelta(days=days))))
        return int(tx.connection.execute(document.select()).one().size)


def kinds(terminal: Terminal, *words: str) -> dict[str, dict[str, object]]:
    return {one["why"]: one for one in terminal.json("retention", *words)["kinds"]}


def test_a_dry_run_tells_what_would_go_and_nothing_goes(shop: Shop) -> None:
    size = expired(shop, days=1)
    told = kinds(shop.terminal, "--dry-run")
    assert told["documents, expired"]["count"] == 1
    assert told["documents, expired"]["bytes"] == size
    assert told["documents, expired"]["oldest"] == told["documents, expired"]["newest"] != None  # noqa: E711
    assert told["reports, 400 days after their end"]["count"] == 0
    with shop.terminal.store() as store:
        assert store.claim("a worker", WorkClass.BULK, [SWEEP], 1, 1.0) == []
    lines = shop.terminal.done("retention", "--dry-run").out.splitlines()
    assert lines[0].split("  ")[0] == "KIND"
    assert any(line.startswith("documents, expired") and f"{size:,}" in line for line in lines)


def test_without_it_the_sweep_is_woken(shop: Shop) -> None:
    expired(shop, days=1)
    assert "The next worker that is free removes it" in shop.terminal.done("retention").err
    with shop.terminal.store() as store:
        assert len(store.claim("a worker", WorkClass.BULK, [SWEEP], 1, 1.0)) == 1


def test_kinds_that_are_kept_for_ever_are_not_told_and_a_limit_of_space_is(shop: Shop) -> None:
    settings = {"DAYBOOK_KEEP_REPORTS_DAYS": "0", "DAYBOOK_KEEP_LEDGER_DAYS": "0", "DAYBOOK_KEEP_DOCUMENTS_MB": "500"}
    told = kinds(shop.terminal.having(**settings), "--dry-run")
    assert set(told) == {
        "access tokens, expired",
        "documents, expired",
        "schedules, 400 days after they were cancelled",
        "documents, beyond 500 MB",
        "deliveries, 30 days after they were made",
        "inbound, 30 days after it came in",
    }


@pytest.mark.parametrize("name", ["REPORTS", "LEDGER"])
def test_what_is_served_cannot_be_kept_for_less_long(shop: Shop, name: str) -> None:
    ran = shop.terminal.having(**{f"DAYBOOK_KEEP_{name}_DAYS": "30"})("retention")
    assert (ran.code, f"DAYBOOK_KEEP_{name}_DAYS is 30, but reports are served for 90 days." in ran.err) == (1, True)


def test_the_doctor_mentions_what_nobody_removes(shop: Shop) -> None:
    expired(shop, days=3)
    ran = shop.terminal("doctor")
    assert "Past their keep for 2 days and still there: documents (1)." in ran.out
    assert "daybook retention --dry-run" in ran.out
