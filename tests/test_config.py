"""Settings that would do harm are refused before anything starts."""

import pytest

from daybook.config import read_settings
from daybook.kernel.errors import Misconfigured


@pytest.mark.parametrize("name", ["host", "metrics_host"])
def test_an_empty_address_is_not_taken_for_every_address(name: str) -> None:
    """`serve --host "$HOST"`, where HOST is not set."""
    with pytest.raises(Misconfigured, match="is empty"):
        read_settings({}, None, **{name: ""})


@pytest.mark.parametrize("url", ["http://[::1", "https://host:99999", "https://", "javascript:alert(1)", "//host"])
def test_a_public_url_that_no_client_could_call_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="DAYBOOK_PUBLIC_URL is"):
        read_settings({"DAYBOOK_PUBLIC_URL": url})
    assert read_settings({"DAYBOOK_PUBLIC_URL": "https://[::1]:8000/reports"}).public_url


@pytest.mark.parametrize("name", ["REPORTS_DAYS", "DOCUMENTS_DAYS", "SCHEDULES_DAYS", "LEDGER_DAYS", "DOCUMENTS_MB"])
def test_a_keep_beyond_all_calendars_and_disks_is_refused(name: str) -> None:
    with pytest.raises(Misconfigured, match=f"keep_{name.lower()}"):
        read_settings({f"DAYBOOK_KEEP_{name}": "99999999999999999999"})
