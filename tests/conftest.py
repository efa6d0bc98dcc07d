"""What every test has at hand."""

import signal

import pytest
import structlog
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester", "tests.databases", "tests.requirements_plugin"]


def pytest_configure() -> None:
    """Processes that tests start heed an interrupt, even where the tests run in the background of a shell."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


# No test judges a time: how long an example takes says only how busy the machine is.
settings.register_profile("daybook", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("daybook")


@pytest.fixture(autouse=True)
def whole_log() -> None:
    """Every line is logged, whatever a command that ran in this process before has turned off."""
    structlog.reset_defaults()
