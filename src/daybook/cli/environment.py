"""The variables of the environment that are settings; two are the command line's own."""

import os

CONFIG = "DAYBOOK_CONFIG"
DEBUG = "DAYBOOK_DEBUG"


def variables() -> dict[str, str]:
    """The environment, as settings are read from it."""
    return {name: value for name, value in os.environ.items() if name not in (CONFIG, DEBUG)}
