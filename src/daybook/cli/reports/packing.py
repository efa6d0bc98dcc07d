"""A support pack of a report at an endpoint: what a Daybook there knows, and what was called from here."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import msgspec

from daybook.accounts.marketplaces import clocks
from daybook.cli.profiles.book import Profile
from daybook.cli.reports.places import Told
from daybook.client.errors import WrongAnswer
from daybook.kernel.zips import zipped
from daybook.reports.support_packs import Files, unzipped

_TIMES = {"created": "createdAt", "started": "startedAt", "finished": "finishedAt"}
_OURS = """
client-calls.json     what was called from here about the report, with request ids, statuses, and how refusals begin
client-settings.json  the endpoint and the profile, without secrets
client-versions.json  what this command runs on
"""
_README = """Support pack of report {report_id} at {endpoint}, made at {at}.

report.json           the report as the endpoint tells it, and why it ended as it did, as far as that can be known
times.json            every instant of it, in UTC and by the wall clock of its marketplaces
""" + _OURS.lstrip("\n")
_NOT_KEPT = """
Not in it, because nobody keeps it: the bodies of requests and of answers that were successes; and, without a profile,
the calls of commands before this one.
"""


@dataclass(frozen=True, slots=True)
class Ours:
    """What is known here."""

    profile: Profile
    name: str | None
    calls: Sequence[dict[str, Any]]


def packed(whole: Told, theirs: bytes | None, ours: Ours) -> bytes:
    """The zip. Raises WrongAnswer where what the endpoint gave is no pack."""
    now = datetime.now(UTC)
    files = _theirs(theirs) if theirs is not None else _from_here(whole, ours, now)
    if theirs is not None:
        files["README.txt"] = f"{files['README.txt']}\nFrom where it was asked for:\n{_OURS}"
    files |= {
        "client-calls.json": ours.calls,
        "client-settings.json": {"profile": ours.name, **msgspec.to_builtins(ours.profile)},
        "client-versions.json": {
            "daybook": version("daybook"),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
    }
    return zipped(files, now)


def _theirs(content: bytes) -> Files:
    try:
        return unzipped(content)
    except ValueError as error:
        raise WrongAnswer("The endpoint gave no support pack.", str(error)) from error


def _from_here(whole: Told, ours: Ours, now: datetime) -> Files:
    times = {name: datetime.fromisoformat(whole[field]) for name, field in _TIMES.items() if whole[field]}
    readme = _README.format(report_id=whole["reportId"], endpoint=ours.profile.endpoint, at=now.isoformat())
    return {
        "README.txt": readme + _NOT_KEPT,
        "report.json": whole,
        "times.json": {name: clocks(at, whole["marketplaceIds"]) for name, at in times.items()},
    }
