"""/daybook/v1/scenarios: the practice scenarios that hold, put and removed by operators while Daybook runs."""

from typing import Any, Literal

from litestar import delete, get, put
from litestar.params import FromPath
from litestar.types import ASGIApp
from msgspec import Struct

from daybook.api.decoding import id_of, json_of
from daybook.api.door import AnyRequest
from daybook.api.operators import admit_operator
from daybook.api.paths import litestar_path
from daybook.contract.daybook import ROOT
from daybook.contract.operations import Operation, Parameter
from daybook.kernel.errors import Conflict, InvalidInput
from daybook.reports.scenarios import putting
from daybook.reports.scenarios.reading import scenario_of
from daybook.reports.scenarios.scenario import KEY, Scenario
from daybook.reports.scenarios.snapshot import Entry
from daybook.store.transaction import Transaction

PATH = f"{ROOT}/scenarios"
_KEY = (
    Parameter("sellerId", "string", "The selling partner, or * for all.", required=True, place="path"),
    Parameter("reportType", "string", "The report type, or * for all.", required=True, place="path"),
)


class ListedScenario(Struct, frozen=True, rename="camel"):
    """A scenario that holds, and where it was written: in the file, or through this API, which goes before."""

    seller_id: str
    report_type: str
    source: Literal["file", "api"]
    scenario: dict[str, Any]


class ScenarioList(Struct, frozen=True):
    """Every scenario that holds."""

    scenarios: list[ListedScenario]


LIST_SCENARIOS = Operation(
    "listScenarios", "GET", PATH, 200, 5.0, 30, "Lists the practice scenarios that hold.", ScenarioList
)
PUT_SCENARIO = Operation(
    "putScenario", "PUT", f"{PATH}/{{sellerId}}/{{reportType}}", 200, 5.0, 30,
    "Lets a practice scenario hold, in place of the one of the same seller and report type.",
    ListedScenario, _KEY, Scenario,
)  # fmt: skip
REMOVE_SCENARIO = Operation(
    "removeScenario", "DELETE", f"{PATH}/{{sellerId}}/{{reportType}}", 200, 5.0, 30,
    "Ends a practice scenario that was put; one of the file then holds again.", None, _KEY,
)  # fmt: skip
OPERATIONS = (LIST_SCENARIOS, PUT_SCENARIO, REMOVE_SCENARIO)


@get(litestar_path(LIST_SCENARIOS))
async def list_scenarios(request: AnyRequest) -> ASGIApp:
    """All of them, sorted by seller and type."""
    call = await admit_operator(request, LIST_SCENARIOS)
    found = await call.door.read(call.door.scenarios.fresh)
    return call.answer(ScenarioList([_listed(entry) for entry in found.entries.values()]))


@put(litestar_path(PUT_SCENARIO))
async def put_scenario(request: AnyRequest, sellerId: FromPath[str], reportType: FromPath[str]) -> ASGIApp:
    """Adds or replaces one."""
    call = await admit_operator(request, PUT_SCENARIO)
    scenario = scenario_of(_with_key(await json_of(request), sellerId, reportType), call.door.types)
    await call.door.write(lambda tx: putting.put(tx, tx.now, scenario, call.actor))
    call.door.scenarios.forget()
    return call.answer(ListedScenario(*scenario.key, "api", scenario.content))


@delete(litestar_path(REMOVE_SCENARIO), status_code=REMOVE_SCENARIO.success)
async def remove_scenario(request: AnyRequest, sellerId: FromPath[str], reportType: FromPath[str]) -> ASGIApp:
    """Removes one."""
    call = await admit_operator(request, REMOVE_SCENARIO)
    key = id_of(sellerId), id_of(reportType)
    scenarios = call.door.scenarios

    def removed(tx: Transaction) -> None:
        entry = scenarios.fresh(tx).entries.get(key)
        if entry is not None and entry.source == "file":
            raise Conflict("This scenario stands in the file of scenarios.", "Remove it there; the file is read again.")
        putting.remove(tx, tx.now, key, call.actor)

    await call.door.write(removed)
    scenarios.forget()
    return call.answer()


def _with_key(body: object, seller_id: str, report_type: str) -> dict[str, object]:
    """The body with the path's key. Raises InvalidInput where it has another."""
    if not isinstance(body, dict):
        raise InvalidInput("Invalid Input", "The body is not a JSON object.")
    key = dict(zip(KEY, (seller_id, report_type), strict=True))
    if any(body.get(name, value) != value for name, value in key.items()):
        raise InvalidInput("The scenario is wrong: the path names another seller or report type.", "At its top.")
    return {**body, **key}


def _listed(entry: Entry) -> ListedScenario:
    return ListedScenario(*entry.scenario.key, entry.source, entry.scenario.content)


HANDLERS = [list_scenarios, put_scenario, remove_scenario]
