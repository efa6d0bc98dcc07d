"""The variables of the environment that are settings; some are the command line's own."""

import os
from pathlib import Path

from daybook.kernel.errors import Misconfigured, fault_of

CONFIG = "DAYBOOK_CONFIG"
DEBUG = "DAYBOOK_DEBUG"
PROFILES = "DAYBOOK_PROFILES"
CREDENTIALS = {
    "client_id": "DAYBOOK_CLIENT_ID",
    "client_secret": "DAYBOOK_CLIENT_SECRET",
    "refresh_token": "DAYBOOK_REFRESH_TOKEN",
}
"""What an application proves itself with at an endpoint; each may stand in a file that NAME_FILE names instead."""

_OWN = {CONFIG, DEBUG, PROFILES, *CREDENTIALS.values(), *(f"{name}_FILE" for name in CREDENTIALS.values())}


def variables() -> dict[str, str]:
    """The environment, as settings are read from it."""
    return {name: value for name, value in os.environ.items() if name not in _OWN}


def config_file() -> Path | None:
    """The TOML file that holds settings, where the environment names one."""
    named = os.environ.get(CONFIG)
    return Path(named) if named else None


def credential(name: str) -> str:
    """A credential, from its variable or from the file that another names; empty where there is neither.

    Raises Misconfigured where the file cannot be read.
    """
    variable = CREDENTIALS[name]
    file = os.environ.get(f"{variable}_FILE")
    return secret_in(Path(file), f"{variable}_FILE") if file else os.environ.get(variable, "")


def secret_in(file: Path, told_by: str) -> str:
    """The secret that a file holds. Raises Misconfigured where it cannot be read."""
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"The file {file}, which {told_by} names, cannot be read: {fault_of(error)}.",
            f"Put the secret there, or let {told_by} name the file that has it.",
        ) from error


def profiles_file() -> Path:
    """Where the profiles are."""
    named = os.environ.get(PROFILES)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Path(named) if named else home / "daybook" / "profiles.toml"
