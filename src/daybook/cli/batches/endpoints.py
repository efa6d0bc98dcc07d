"""Batches of a Daybook at an endpoint, through the client."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from daybook.cli.batches.places import Reading, Told
from daybook.cli.call import Call
from daybook.cli.opened import opened as opened_file
from daybook.cli.profiles.book import Profile
from daybook.cli.profiles.servers import server_at
from daybook.cli.reports.endpoints import connected
from daybook.client import ReportsClient
from daybook.client.batches import BatchFile
from daybook.kernel.errors import InvalidInput
from daybook.operations.guards import Guard
from daybook.operations.report import ReportFormat

_MOST_OF_A_PAGE = 100
_PIECE = 256 * 1024


@contextmanager
def opened(call: Call, profile: Profile, name: str | None) -> Iterator["Endpoint"]:
    """The endpoint, open. Raises InvalidInput where it is Amazon's, which has no batches."""
    if server_at(profile.endpoint).restricted_tokens:
        raise InvalidInput("Batches are a Daybook's.", f"{profile.endpoint} is Amazon's own; name a Daybook's URL.")
    with connected(call, profile, name) as (client, _):
        yield Endpoint(call, client, profile, name)


class Endpoint:
    """One seller's batches, there."""

    def __init__(self, call: Call, client: ReportsClient, profile: Profile, name: str | None) -> None:
        self._call = call
        self._client = client
        self._profile = profile
        self._name = name

    @property
    def words(self) -> str:
        return f"--profile {self._name}" if self._name else f"--endpoint {self._profile.endpoint}"

    def submit(self, reading: Reading) -> Told:
        file = BatchFile(
            partial(self._pieces, reading.file),
            name=reading.file.name,
            operation=reading.kind,
            marketplace_id=reading.marketplace_id,
            format=reading.format or "",
            encoding=reading.encoding,
            decimal=reading.decimal,
            start_at=reading.start,
        )
        return self._client.submit_batch(file, reading.key or secrets.token_hex(16), dry_run=reading.dry_run)

    def _pieces(self, file: Path) -> Iterator[bytes]:
        with opened_file(file, self._call.screen, "Sending") as stream:
            while piece := stream.read(_PIECE):
                yield piece

    def newest(self, statuses: Sequence[str], limit: int) -> list[Told]:
        page = self._client.list_batches(statuses=",".join(statuses), page_size=min(limit, _MOST_OF_A_PAGE))
        found: list[Told] = page["batches"]
        while page["nextToken"] and len(found) < limit:
            page = self._client.list_batches(next_token=page["nextToken"])
            found += page["batches"]
        return found[:limit]

    def show(self, batch_id: str) -> Told:
        told = self._client.get_batch(batch_id)
        return {**told["batch"], "outlook": told["outlook"]}

    @contextmanager
    def working(self) -> Iterator[None]:
        yield

    def steer(
        self, batch_id: str, action: str, *, force: bool = False, dry_run: bool = False, key: str | None = None
    ) -> Told:
        once = key or secrets.token_hex(16)
        return self._client.steer_batch(batch_id, action, force=force, dry_run=dry_run, key=once)

    def guards(self) -> list[Told]:
        found: list[Told] = self._client.list_price_guards()["priceGuards"]
        return found

    def put_guard(self, guard: Guard) -> list[Told]:
        floor, ceiling, change = (None if bound is None else str(bound) for bound in guard[1:])
        told = self._client.put_price_guard(guard.currency, floor=floor, ceiling=ceiling, change=change)
        found: list[Told] = told["priceGuards"]
        return found

    def remove_guard(self, currency: str) -> list[Told]:
        self._client.remove_price_guard(currency)
        return self.guards()

    def stop(self) -> bool:
        return bool(self._client.stop_sending()["changed"])

    def go(self) -> bool:
        return bool(self._client.resume_sending()["changed"])

    def report(self, batch_id: str, kind: ReportFormat, zone: str, *, failed: bool) -> Iterator[bytes]:
        return self._client.get_batch_report(batch_id, file_format=kind.value, failed=failed, zone=zone)

    def support_pack(self, batch_id: str) -> bytes:
        return self._client.get_batch_support_pack(batch_id)
