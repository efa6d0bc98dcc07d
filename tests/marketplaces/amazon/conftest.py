"""The adapter, over HTTP, against a sandbox."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from daybook.marketplaces.amazon.marketplace import AmazonMarketplace
from tests.marketplaces.amazon.calling import Shop, settings
from tests.sandbox.served import sandbox

Open = Callable[..., Shop]


@pytest.fixture
def practise(tmp_path: Path) -> Iterator[Open]:
    """Opens a sandbox with a scenario, and the adapter for it; `options` are the adapter's settings."""
    with ExitStack() as parts:

        def open_shop(scenario: str = "", *, times: float = 1000.0, **options: object) -> Shop:
            served = parts.enter_context(sandbox(tmp_path, scenario, usage_plan_times=times))
            adapter = parts.enter_context(closing(AmazonMarketplace(settings(served.url, **options))))
            return Shop(served, adapter)

        yield open_shop


@pytest.fixture
def shop(practise: Open) -> Shop:
    """A sandbox in which nothing happens that was not asked for."""
    return practise()
