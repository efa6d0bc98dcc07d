"""What Daybook tells a Prometheus: counts and times, on a listener of its own. No seller, application or id is named.

Each process tells what it did itself, so that sums over processes are right; of lanes each tells the same.
docs/metrics.md has them all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from daybook.activity import Event
from daybook.kernel.errors import Misconfigured, Unavailable
from daybook.reports.reports import SUBJECT
from daybook.store.doctor import Lanes, lanes_by_kind
from daybook.store.store import Store

LATE = 120.0
"""Seconds after which a lane that is due is late."""
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

Slots = Callable[[], Mapping[str, int]]
"""Answers how many slots are busy, by class of work."""


class Metrics(Collector):
    """The metrics of one process, which asks the store for the rest when it is asked itself."""

    def __init__(self, store: Store) -> None:
        self.registry = CollectorRegistry()
        self._store = store
        self._slots: Slots = dict
        self._requests = Counter(
            "daybook_requests", "Requests answered.", ("operation", "status"), registry=self.registry
        )
        self._reports = Counter(
            "daybook_reports", "Reports that came to a status.", ("status", "outcome"), registry=self.registry
        )
        self._commits = Histogram(
            "daybook_store_commit_seconds",
            "How long transactions that write took, the wait for their turn included.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.registry.register(self)
        store.on_commit(self._committed)

    def requested(self, operation: str, status: int) -> None:
        """A request was answered."""
        self._requests.labels(operation, status).inc()

    def watch(self, slots: Slots) -> None:
        """Tell of these slots."""
        self._slots = slots

    def _committed(self, seconds: float, events: Sequence[Event]) -> None:
        self._commits.observe(seconds)
        for event in events:
            if event.subject == SUBJECT:
                self._reports.labels(event.to_status, event.evidence.get("outcome", "")).inc()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What is as it is now; for Prometheus's own use."""
        yield _by("daybook_slots_busy", "Slots of this worker that are busy.", "class", self._slots())
        began = perf_counter()
        try:
            lanes = self._store.read(lambda tx: lanes_by_kind(tx, LATE))
        except Unavailable:
            yield GaugeMetricFamily("daybook_store_up", "Whether the database answers.", 0)
            return
        yield GaugeMetricFamily("daybook_store_up", "Whether the database answers.", 1)
        yield GaugeMetricFamily(
            "daybook_store_read_seconds", "How long it took to read the lanes.", perf_counter() - began
        )
        yield from _of_lanes(lanes)


def _of_lanes(lanes: Sequence[Lanes]) -> Iterator[GaugeMetricFamily]:
    told: Mapping[str, tuple[str, Callable[[Lanes], float]]] = {
        "daybook_lanes_due": ("Lanes that are due and nobody has taken.", lambda of: of.due),
        "daybook_lanes_late": (f"Those that are due for longer than {LATE:.0f} s.", lambda of: of.late),
        "daybook_lanes_held": ("Lanes that a worker holds.", lambda of: of.held),
        "daybook_lanes_oldest_due_seconds": ("How long the first of them is due.", lambda of: of.oldest),
    }
    for name, (about, figure) in told.items():
        yield _by(name, about, "kind", {of.kind: figure(of) for of in lanes})


def _by(name: str, about: str, label: str, figures: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, figure in sorted(figures.items()):
        family.add_metric([value], figure)
    return family


@contextmanager
def listening(metrics: Metrics, host: str, port: int) -> Iterator[int]:
    """Answers Prometheus over HTTP while the block lasts; the port. Raises Misconfigured where it is taken."""
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except OSError as error:
        raise Misconfigured(
            f"{host}:{port} cannot be listened on: {error.strerror}.", "Choose another DAYBOOK_METRICS_PORT."
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
