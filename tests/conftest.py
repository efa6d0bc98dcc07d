"""What every test has at hand."""

import signal

import pytest
import structlog

pytest_plugins = ["pytester", "tests.databases", "tests.requirements_plugin"]


def pytest_configure() -> None:
    """Processes that tests start heed an interrupt, even where the tests run in the background of a shell."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def whole_log() -> None:
    """Every line is logged, whatever a command that ran in this process before has turned off."""
    structlog.reset_defaults()
