"""On what the figures were taken."""

import os
import platform
import re
import sqlite3
from pathlib import Path

import psycopg

from tests.databases import running_postgres


def machine() -> str:
    """What a reader needs to judge the figures by, in one sentence."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    facts = (
        f"{os.cpu_count()} cores of {_processor()}",
        f"{memory:.0f} GiB of memory",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"PostgreSQL {_postgres()}",
    )
    return f"{', '.join(facts)}."


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*: (.+)$", about.read_text("utf-8"), re.MULTILINE) if about.exists() else None
    return named[1].removesuffix(" Processor") if named else platform.processor() or platform.machine()


def _postgres() -> str:
    with running_postgres() as url, psycopg.connect(url) as connection:
        return str(connection.info.parameter_status("server_version"))
