"""Where Amazon's and Daybook's Reports APIs are."""

import pytest

from daybook.accounts.marketplaces import MARKETPLACES as KNOWN_TO_THE_SERVER
from daybook.client import amazon, daybook
from daybook.client.servers import MARKETPLACES, Region, region_of
from daybook.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("NA", "sellingpartnerapi-na.amazon.com"),
        ("EU", "sellingpartnerapi-eu.amazon.com"),
        ("FE", "sellingpartnerapi-fe.amazon.com"),
    ],
)
def test_a_region_has_its_host_its_sandbox_and_amazons_tokens(region: Region, host: str) -> None:
    restricted = f"https://{host}/tokens/2021-03-01/restrictedDataToken"
    assert amazon(region) == (f"https://{host}", "https://api.amazon.com/auth/o2/token", restricted)
    sandbox = amazon(region, sandbox=True)
    assert sandbox == (f"https://sandbox.{host}", "https://api.amazon.com/auth/o2/token", restricted)


def test_a_daybook_gives_out_its_own_tokens_and_no_restricted_ones() -> None:
    assert daybook("https://reports.example/") == (
        "https://reports.example",
        "https://reports.example/auth/o2/token",
        "",
    )


def test_a_marketplace_has_one_region() -> None:
    assert {name: region_of(name) for name in ("ATVPDKIKX0DER", "A1PA6795UKMFR9", "A1VC38T7YXB528")} == {
        "ATVPDKIKX0DER": "NA",
        "A1PA6795UKMFR9": "EU",
        "A1VC38T7YXB528": "FE",
    }
    everywhere = [name for names in MARKETPLACES.values() for name in names]
    assert len(everywhere) == len(set(everywhere))
    assert set(everywhere) == set(KNOWN_TO_THE_SERVER.values())


@pytest.mark.parametrize("region", ["US", "", "na"])
def test_what_is_no_region_is_told_with_those_that_are(region: str) -> None:
    with pytest.raises(InvalidInput) as told:
        amazon(region)  # type: ignore[arg-type]
    assert "NA, EU, FE" in told.value.details


def test_what_is_no_marketplace_is_told() -> None:
    with pytest.raises(InvalidInput, match="'X'"):
        region_of("X")
