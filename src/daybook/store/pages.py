"""The statement of a page of reports.

A page merges a branch for each type and status that is asked for. A branch reads index entries alone, and no more of
them than a page holds, because its order is the suffix of the index report_page; the rows are read last, those of the
page alone.
"""

from functools import lru_cache

from daybook.kernel.clock import to_micros
from daybook.reports.pages import Filters, Position
from daybook.reports.status import Status

Values = dict[str, object]

_MARK = {"sqlite": ":{}", "postgresql": "%({})s"}
_PLACE = {"sqlite": "instr", "postgresql": "strpos"}  # not LIKE: SQLite's takes a letter for its capital

_BRANCH = """SELECT * FROM (SELECT created_at, report_id FROM report
  WHERE seller_id = {seller_id} AND report_type = {type} AND status = {status}
    AND created_at >= {since} AND (created_at, report_id) < ({before}, {before_id}){marketplaces}
  ORDER BY created_at DESC, report_id DESC LIMIT {most}) AS {name}"""

# CROSS JOIN: SQLite takes the tables in this order then, first the page.
_PAGE = """SELECT {columns} FROM (
{branches}
ORDER BY created_at DESC, report_id DESC LIMIT {most}) AS page
CROSS JOIN report WHERE report.seller_id = {seller_id} AND report.report_id = page.report_id"""


def page_statement(
    dialect: str, columns: tuple[str, ...], seller_id: str, filters: Filters, after: Position | None
) -> tuple[str, Values]:
    """The statement of the page behind a position and its values; it finds the page's rows, in no order.

    The text depends on the counts of the filters alone, never on their content.
    """
    types = dict.fromkeys(filters.report_types)
    statuses = dict.fromkeys(filters.statuses or Status)
    # Without a position: before the next microsecond, which is up to and including the last one asked for.
    before = (to_micros(after.created_at), after.report_id) if after else (to_micros(filters.created_until) + 1, "")
    values: Values = {
        "seller_id": seller_id,
        "since": to_micros(filters.created_since),
        "before": before[0],
        "before_id": before[1],
        "most": filters.page_size + 1,
    }
    values |= {f"type{n}": name for n, name in enumerate(types)}
    values |= {f"status{n}": status.value for n, status in enumerate(statuses)}
    values |= {f"marketplace{n}": f",{name}," for n, name in enumerate(filters.marketplace_ids)}
    return _text(dialect, columns, len(types), len(statuses), len(filters.marketplace_ids)), values


@lru_cache(maxsize=512)
def _text(dialect: str, columns: tuple[str, ...], types: int, statuses: int, marketplaces: int) -> str:
    mark = _MARK[dialect].format
    marks = {name: mark(name) for name in ("seller_id", "since", "before", "before_id", "most")}
    marks["marketplaces"] = _any_of([mark(f"marketplace{n}") for n in range(marketplaces)], _PLACE[dialect])
    branches = [
        _BRANCH.format(type=mark(f"type{t}"), status=mark(f"status{s}"), name=f"branch_{t}_{s}", **marks)
        for t in range(types)
        for s in range(statuses)
    ]
    found = ", ".join(f"report.{name}" for name in columns)
    return _PAGE.format(columns=found, branches="\nUNION ALL\n".join(branches), **marks)


def _any_of(marketplaces: list[str], place: str) -> str:
    found = [f"{place}(marketplace_ids, {mark}) > 0" for mark in marketplaces]
    return f" AND ({' OR '.join(found)})" if found else ""
