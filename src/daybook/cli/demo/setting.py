"""What the demo starts from: a folder, a catalog, a seller, an application; and the parts that are served."""

import shutil
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from daybook.accounts.applications import authorise, create_application, revoke
from daybook.accounts.marketplaces import MARKETPLACES, currency
from daybook.accounts.sellers import add_seller
from daybook.catalog.files import read
from daybook.catalog.importing import ImportResult, import_items
from daybook.catalog.items import Item
from daybook.cli.demo import batches, outcomes
from daybook.cli.demo.certificate import write_certificate
from daybook.cli.demo.receiver import NETWORKS
from daybook.cli.demo.stage import Stage
from daybook.cli.screen import Screen
from daybook.client import ReportsClient
from daybook.config import Settings
from daybook.marketplaces.amazon.settings import AmazonSettings
from daybook.sandbox.settings import SandboxSettings
from daybook.store.transaction import Transaction

if TYPE_CHECKING:
    from daybook.app import App
    from daybook.listening import Server

SELLER = "A1DEMO"
SAMPLE = "sample.csv"
USAGE_PLAN_TIMES = 20.0
SOLD_ON = (MARKETPLACES["US"], MARKETPLACES["CA"])


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client of the demo shows."""

    client_id: str
    client_secret: str
    refresh_token: str


@contextmanager
def folder(asked: Path | None, screen: Screen) -> Iterator[Path]:
    """The folder that was asked for; else one that goes with the demo, unless the demo fails and its log is wanted."""
    if asked is not None:
        asked.mkdir(parents=True, exist_ok=True)
        yield asked
        return
    made = Path(tempfile.mkdtemp(prefix="daybook-demo-"))
    try:
        yield made
    except Exception:
        screen.remark(f"The folder {made} is kept; its log is daybook.log.")
        raise
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    shutil.rmtree(made, ignore_errors=True)


@contextmanager
def marketplace(stage: Stage, folder: Path) -> "Iterator[Server]":
    """A marketplace to practise on, whose first calls go wrong."""
    from daybook.practising import serving_sandbox  # noqa: PLC0415  help and mistakes are answered without it

    scenarios = folder / "marketplace.toml"
    scenarios.write_text(batches.SCENARIO, "utf-8")
    settings = SandboxSettings(scenarios=scenarios, usage_plan_times=USAGE_PLAN_TIMES)
    with serving_sandbox(settings) as server:
        with stage.step("Started a marketplace to practise on") as step:
            step.end = server.url
        yield server


def settings(folder: Path, port: int, marketplace_url: str, *, tls: bool) -> Settings:
    """All in the folder, whatever the environment says: a demo must not reach a database that is in use."""
    cert, key = write_certificate(folder) if tls else (None, None)
    amazon = AmazonSettings(
        endpoint=marketplace_url,
        client_id="daybook",
        client_secret="demo",  # noqa: S106  the marketplace takes any
        refresh_tokens={SELLER: f"Atzr|{SELLER}"},
        usage_plan_times=USAGE_PLAN_TIMES,
        in_flight=1,  # one by one, so that the same calls go wrong each time
    )
    return Settings(data=folder, port=port, tls_cert=cert, tls_key=key, destination_networks=NETWORKS, amazon=amazon)


def import_sample(stage: Stage, app: "App") -> ImportResult:
    """The sample catalog, imported for the demo's seller."""
    with stage.step(f"Imported {SAMPLE}") as step:
        app.store.do(_add_seller)
        app.store.do(lambda tx: outcomes.practise(tx, tx.now))
        with as_file(files("daybook.catalog").joinpath(SAMPLE)) as file:
            result = import_items(
                read(file),
                lambda items: _put(app, items),
                lambda: app.store.read(lambda tx: tx.items_count(SELLER, SOLD_ON[0])),
                seller_id=SELLER,
                marketplace_id=SOLD_ON[0],
                currency=currency(SOLD_ON[0]),
                now=app.clock(),
            )
        step.end = f"{result.added + result.changed} items for seller {SELLER} in the US"
    return result


def _add_seller(tx: Transaction) -> None:
    if tx.seller(SELLER) is None:
        add_seller(tx, tx.now, SELLER, "The demo's shop", SOLD_ON)


def _put(app: "App", items: list[Item]) -> None:
    app.store.do(lambda tx: tx.put_items(items))


def register(app: "App", name: str) -> Credentials:
    """An application of that name, or of the first free one like it, that the seller has authorised."""

    def create(tx: Transaction) -> Credentials:
        names = (name if number == 1 else f"{name} {number}" for number in count(1))
        free = next(name for name in names if tx.application(name) is None)
        application, secret = create_application(tx, tx.now, app.ids, free)
        return Credentials(application.client_id, secret, authorise(tx, tx.now, app.ids, application.client_id, SELLER))

    return app.store.do(create)


def connect(url: str, ca: Path | None, credentials: Credentials, stage: Stage) -> ReportsClient:
    """A client of the demo's server."""
    return ReportsClient(
        url,
        f"{url}/auth/o2/token",
        credentials.client_id,
        credentials.client_secret,
        credentials.refresh_token,
        verify=ssl.create_default_context(cafile=ca) if ca else True,
        heard=stage.hear,
    )


def connect_revoked(app: "App", url: str, ca: Path | None, stage: Stage) -> ReportsClient:
    """A client that has a token, and whose application was revoked since."""
    credentials = register(app, "demo, revoked")
    client = connect(url, ca, credentials, stage)
    client.token()
    app.store.do(lambda tx: revoke(tx, tx.now, credentials.client_id, None))
    return client
