"""What every test has at hand."""

import pytest
import structlog

pytest_plugins = ["pytester", "tests.databases", "tests.requirements_plugin"]


@pytest.fixture(autouse=True)
def whole_log() -> None:
    """Every line is logged, whatever a command that ran in this process before has turned off."""
    structlog.reset_defaults()
