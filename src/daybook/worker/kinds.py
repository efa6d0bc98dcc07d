"""Every kind of lane there is, with its step and its times."""

from collections.abc import Sequence

from daybook.kernel.keeping import KEEP, Keep
from daybook.lanes import LaneKind
from daybook.notifications.destinations import DELIVERIES
from daybook.notifications.fan_out import FAN_OUT
from daybook.reports.reports import PRODUCTION
from daybook.reports.scenarios.putting import SCENARIOS
from daybook.reports.schedules import SCHEDULES
from daybook.reports.watching import REPORT_WATCH
from daybook.worker import deliveries, fan_out, production, scenarios, schedules, sweep, watching
from daybook.worker.production import Production


def lane_kinds(parts: Production, keep: Keep = KEEP) -> Sequence[LaneKind]:
    """What a worker runs without a network."""
    store, ids = parts.store, parts.ids
    return [
        LaneKind(PRODUCTION, production.production_step(parts), production.LONGEST, production.AT_ONCE),
        LaneKind(SCHEDULES, schedules.schedules_step(store, ids), schedules.LONGEST),
        LaneKind(SCENARIOS, scenarios.scenarios_step(store, parts.scenarios, ids), scenarios.LONGEST),
        LaneKind(sweep.SWEEP, sweep.sweep_step(store, parts.objects, keep), sweep.LONGEST, at_once=1),
        LaneKind(REPORT_WATCH, watching.watching_step(store), watching.LONGEST, at_once=1),
        LaneKind(FAN_OUT, fan_out.fan_out_step(store, ids), fan_out.LONGEST),
    ]


def sending_kind(post: deliveries.Post) -> LaneKind:
    """Destinations' lanes, which wait for machines outside and so have slots of their own."""
    step = deliveries.deliveries_step(post)
    return LaneKind(DELIVERIES, step, deliveries.LONGEST, deliveries.AT_ONCE, apart=True)
