"""GET /daybook/v1/reports/{reportId}/support-pack: all that is known of a report, for whoever is asked for help."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import cast

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ASGIApp

from daybook.api.decoding import id_of
from daybook.api.door import RATE_HEADER, AnyRequest, Call, door_of
from daybook.api.explained_reports import all_of
from daybook.api.paths import litestar_path
from daybook.contract.daybook import SUPPORT_PACK
from daybook.kernel.zips import zipped
from daybook.reports.scenarios.snapshot import Snapshot
from daybook.reports.support_packs import Files, files_of
from daybook.store.transaction import Transaction

_OF_THE_OPERATOR = "The operator's settings are in a pack that is made where the data folder is."


@get(litestar_path(SUPPORT_PACK))
async def support_pack(request: AnyRequest, reportId: FromPath[str]) -> ASGIApp:
    """The zip. What is the operator's own is not in it: a seller's application asks."""
    call = await door_of(request).admit(request, SUPPORT_PACK)
    packed = await call.door.read(lambda tx: _packed(tx, call, id_of(reportId)))
    headers = {
        RATE_HEADER: str(call.plan.rate),
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="support-pack.zip"',
        "X-Content-Type-Options": "nosniff",
    }
    return cast("ASGIApp", Response(packed, media_type=SUPPORT_PACK.media_type, headers=headers))


def _packed(tx: Transaction, call: Call, report_id: str) -> bytes:
    settings = {"publicUrl": call.door.public_url(), "others": _OF_THE_OPERATOR}
    scenarios = call.door.scenarios.current(tx)
    return zipped(known_files(tx, scenarios, call.seller_id, report_id, settings), tx.now)


def known_files(
    tx: Transaction, scenarios: Snapshot, seller_id: str, report_id: str, settings: Mapping[str, object]
) -> Files:
    """What a pack holds of the seller's report, with these settings. Raises NotFound."""
    found = all_of(tx, scenarios, seller_id, report_id)
    practised = scenarios.find(seller_id, found.report.report_type) is not None
    return files_of(tx.now, found.report, found.document, found.why, found.history) | {
        "settings.json": {"practiceScenario": practised, **settings},
        "versions.json": {
            "daybook": version("daybook"),
            "python": platform.python_version(),
            "system": platform.platform(),
            "database": tx.dialect,
        },
    }


HANDLERS = [support_pack]
