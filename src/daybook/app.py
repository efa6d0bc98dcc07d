"""The one composition root: Settings in, running parts out. Nobody else knows every concrete class."""

import fcntl
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import structlog

from daybook.accounts.sealing import Seals
from daybook.config import Settings
from daybook.connections import Connections
from daybook.documents.objects import Objects
from daybook.kernel.clock import Clock, FastClock, clock_at
from daybook.kernel.errors import Misconfigured
from daybook.kernel.ids import Ids
from daybook.kernel.keys import Keys, read_or_create
from daybook.kernel.private import make_private
from daybook.notifications.courier import Courier
from daybook.notifications.guard import Guard
from daybook.notifications.inbound.queues import wake_queue
from daybook.notifications.sender.at_need import SenderAtNeed
from daybook.report_types.producers import Producer
from daybook.report_types.registry import Registry, registry
from daybook.reports.report_types import ReportTypes
from daybook.reports.scenarios.current import Scenarios
from daybook.reports.scenarios.file import ScenarioFile
from daybook.reports.watching import wake_watch
from daybook.store.opening import migrate, open_store, require_present
from daybook.store.store import Store
from daybook.worker.child import ChildCommand
from daybook.worker.deliveries import Post
from daybook.worker.followed_reports import Follower, followed_kind
from daybook.worker.kinds import lane_kinds, sending_kind
from daybook.worker.production import Production
from daybook.worker.queues import queue_kind
from daybook.worker.scenarios import wake_scenarios
from daybook.worker.sending import Sender, operation_lanes
from daybook.worker.sweep import wake_sweep
from daybook.worker.worker import Worker

if TYPE_CHECKING:
    from daybook.api.listeners import Listeners
    from daybook.api.server import Api
    from daybook.listening import Server
    from daybook.metrics import Metrics

AHEAD = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass
class App:
    """The parts of a Daybook that is open."""

    settings: Settings
    store: Store
    objects: Objects
    keys: Keys
    ids: Ids
    registry: Registry
    clock: Clock
    scenarios: Scenarios
    courier: Courier
    connect: Connections
    port: int = field(default=0)
    metrics: "Metrics | None" = None

    @property
    def types(self) -> ReportTypes:
        """Every report type."""
        return self.registry.types

    @property
    def producers(self) -> Mapping[str, Producer]:
        """What makes them, by name."""
        return self.registry.producers

    def api(self, listeners: "Listeners | None" = None) -> "Api":
        """The HTTP application; whoever ends its server closes `listeners` first."""
        from daybook.api.door import Door  # noqa: PLC0415  what serves nothing starts without it
        from daybook.api.server import create_api  # noqa: PLC0415  what serves nothing starts without it

        return create_api(
            Door(
                store=self.store,
                objects=self.objects,
                keys=self.keys,
                ids=self.ids,
                types=self.types,
                clock=self.clock,
                scenarios=self.scenarios,
                public_url=lambda: self.settings.url(self.port),
                courier=self.courier,
            ),
            self.settings.body_seconds,
            self.metrics.requested if self.metrics else None,
            listeners,
        )

    def worker(self, name: str, child: ChildCommand, post: Post) -> Worker:
        """A worker of every lane."""
        keep = self.settings.keep
        parts = self.store, self.objects, self.producers, self.types, self.ids
        kinds = lane_kinds(Production(*parts, name, child, self.scenarios, keep.documents), keep)
        operations = operation_lanes(Sender(self.store, self.connect, self.settings.stalled_after))
        followed = followed_kind(Follower(self.store, self.connect.reports, self.settings.patience))
        queue = self.connect.queue()
        queues = [queue_kind(self.store, self.ids, queue)] if queue else []
        kinds = [*kinds, *operations, sending_kind(post), followed, *queues]
        return Worker(self.store, kinds, name, slots=self.settings.slots, only_worker=self.settings.embedded)

    def child(self) -> ChildCommand:
        """How a child process that makes one report is started; it reads the same settings."""
        environment = {
            "DAYBOOK_DATA": str(self.settings.data.absolute()),
            "DAYBOOK_DATABASE_URL": self.settings.database,
            "DAYBOOK_DOCUMENTS_URL": self.settings.documents,
            "DAYBOOK_KEY_FILE": str(self.settings.keys.absolute()),
            "DAYBOOK_CONFIG": "",  # what it says is here
            "DAYBOOK_SQL_TYPES": str(self.settings.sql_types.absolute()) if self.settings.sql_types else "",
            "DAYBOOK_SOURCES": msgspec.json.encode(self.settings.sources or {}).decode(),
            "DAYBOOK_SQL_MEMORY_MB": str(self.settings.sql_memory_mb),
            "DAYBOOK_SQL_SECONDS": str(self.settings.sql_seconds),
        }
        return ChildCommand([sys.executable, "-m", "daybook.cli", "produce"], environment)


def _make_private(folder: Path) -> None:
    """The data folder, which nobody else on the machine may look into."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            f"The data folder {folder} cannot be made: {error.strerror}.", "Choose another with --data or DAYBOOK_DATA."
        ) from error


@contextmanager
def open_app(settings: Settings, *, schema: str = "require", clock: Clock | None = None) -> Iterator[App]:
    """The parts, opened; closed at the end. `schema` is `require` (the present one), `migrate`, or `any`.

    Raises Misconfigured or Unavailable where a part cannot be opened.
    """
    known = registry(settings.sql, settings.report_types)
    file = ScenarioFile(settings.scenarios, known.types) if settings.scenarios else None
    clock = clock or clock_at(settings.speed)
    with ExitStack() as closing:
        _make_private(settings.data)
        store = open_store(settings.database, clock, settings.slots)
        closing.callback(store.close)
        if schema == "migrate":
            migrate(store)
        elif schema == "require":
            require_present(store)
        if schema != "any":
            _go_on(store, clock)
        keys = read_or_create(settings.keys)
        seals = Seals(keys, reread=lambda: read_or_create(settings.keys))
        guard = Guard(settings.destinations)
        sender = SenderAtNeed(guard, clock)
        closing.callback(sender.close)
        yield App(
            settings=settings,
            store=store,
            objects=Objects.open(settings.documents),
            keys=keys,
            ids=Ids(),
            registry=known,
            clock=clock,
            scenarios=Scenarios(file),
            connect=closing.enter_context(Connections(settings.amazon, settings.walmart, settings.amazon_queue)),
            courier=Courier(guard, seals, sender),
        )


def _go_on(store: Store, clock: Clock) -> None:
    """A clock that runs fast gets ahead of the machine's; after a start it goes on where the ledger ends."""
    last = store.read(lambda tx: tx.last_event_at())
    if isinstance(clock, FastClock) and last is not None:
        clock.go_on_from(last)
    elif last is not None and last > clock() + AHEAD:
        log.warning(
            "the ledger is ahead of the clock, for this folder was served with a speed; ask its server, or set it too",
            last=last.isoformat(),
        )


@contextmanager
def only_worker(settings: Settings) -> Iterator[None]:
    """On SQLite one process runs the lanes: this one, while the block lasts.

    Raises Misconfigured where another does.
    """
    if not settings.embedded:
        yield
        return
    path = Path(settings.data) / "worker.lock"
    make_private(path)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Misconfigured(
                f"Another Daybook runs the work of {settings.data} already.",
                "Stop it first, or serve from PostgreSQL, where any number of workers may run.",
            ) from error
        yield


@contextmanager
def measured(app: App) -> Iterator[int | None]:
    """Tells a Prometheus how things are while the block lasts, if a setting asks for it; on which port.

    What is to be measured begins within the block. Raises Misconfigured where the address is taken.
    """
    settings = app.settings
    if settings.metrics_port is None:
        yield None
        return
    from daybook.metrics import Metrics, listening  # noqa: PLC0415  what serves nothing starts without it

    app.metrics = Metrics(app.store)
    with listening(app.metrics, settings.metrics_host, settings.metrics_port) as port:
        log.info("metrics", url=f"http://{settings.metrics_host}:{port}/metrics")
        yield port


@contextmanager
def working(app: App, name: str) -> Iterator[Worker]:
    """A worker that runs while the block lasts, and ends its running steps after it.

    Raises Misconfigured where another runs already, or a SQL report type is wrong.
    """
    app.registry.check()
    with only_worker(app.settings):
        with app.store.transaction() as tx:
            wake_sweep(tx)
            wake_scenarios(tx)
            if app.settings.amazon_queue:
                wake_queue(tx)
            wake_watch(tx)
        child = app.child()
        post = Post(app.store, app.courier)
        worker = app.worker(name, child, post)
        if app.metrics:
            app.metrics.watch(worker.busy)
        worker.start()
        try:
            yield worker
        finally:
            child.cancel()  # a report that is being made is begun anew by the next worker
            post.closing.set()
            worker.stop()


@contextmanager
def serving(app: App) -> "Iterator[Server]":
    """The API, listening while the block lasts.

    Raises Misconfigured where the address is taken, the certificate is wrong, or a SQL report type is.
    """
    from daybook.api.listeners import Listeners  # noqa: PLC0415  what serves nothing starts without it
    from daybook.listening import answering, listen  # noqa: PLC0415  what serves nothing starts without it

    app.registry.check()
    settings = app.settings
    listener = listen(settings.host, settings.port)
    app.port = listener.getsockname()[1]
    tls = settings.tls_cert, settings.tls_key
    listeners = Listeners()
    with answering(app.api(listeners), listener, settings.url(app.port), app.ids, *tls) as server:
        try:
            yield server
        finally:
            listeners.close()
