"""The lines of listing reports, put together by the database: nothing of an item is made in Python.

A slice of items is one statement that answers one text. While it is made, columns end with the control character US and
lines with RS, which text hardly ever holds; then one pass over the bytes turns these into tab and LF, and every other
control character into a space. That pass costs a tenth of what replace() on each column would.
"""

from collections.abc import Iterable, Sequence
from functools import cache, reduce

import sqlalchemy as sa

from daybook.report_types.listings.ports import Column, Day, Faults, Field, Fixed, Instant, Layout, Missing, Value
from daybook.store.schema import item

Text = sa.ColumnElement[str]

COLUMN_END = "\x1f"
LINE_END = "\x1e"
_TO_FILE = bytes.maketrans(bytes(range(32)), b" " * 30 + b"\n\t")
_SECOND = 1_000_000
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_BETWEEN_FAULTS = "; "

_LACKS: dict[Missing, sa.ColumnElement[bool]] = {
    Missing.NAME: item.c.name == "",
    Missing.PRICE: item.c.price.is_(None),
    Missing.QUANTITY: sa.and_(
        item.c.quantity.is_(None), sa.func.substr(item.c.fulfilment_channel, 1, len("AMAZON")) != "AMAZON"
    ),
    Missing.IMAGE: item.c.image_url == "",
    Missing.PRODUCT_ID: sa.and_(item.c.asin == "", item.c.product_id == ""),
}


@cache
def lines_statement(dialect: str, layout: Layout, *, scrub: bool) -> sa.Select[str | None, int, str | None]:
    """The text of a slice's lines, how many there are, and its last SKU; by the table's key.

    Its values are seller_id, marketplace_id, after and limit. With `scrub`, US and RS within values become spaces.
    """
    line = _concatenated(_parts(dialect, layout.columns, scrub))
    slice_ = (
        sa.select(_if_listed(layout, line).label("line"), item.c.sku)
        .where(item.c.seller_id == sa.bindparam("seller_id"), item.c.marketplace_id == sa.bindparam("marketplace_id"))
        .where(item.c.sku > sa.bindparam("after"))
        .order_by(item.c.sku)
        .limit(sa.bindparam("limit", type_=sa.Integer))
        .subquery()
    )
    text = sa.func.aggregate_strings(slice_.c.line, "")
    return sa.select(text, sa.func.count(slice_.c.line), sa.func.max(slice_.c.sku))


def file_lines(text: str, lines: int, columns: int) -> bytes | None:
    """The lines as they stand in the file; None where a value holds US or RS, so that they must be scrubbed first."""
    raw = text.encode()
    if raw.count(COLUMN_END.encode()) != lines * (columns - 1) or raw.count(LINE_END.encode()) != lines:
        return None
    return raw.translate(_TO_FILE)


def _if_listed(layout: Layout, line: Text) -> Text:
    """NULL, which no aggregate sees, for an item that the layout leaves out: a slice is bounded by what it looks at."""
    conditions = [item.c.status == layout.status] if layout.status else []
    if layout.lacking:
        conditions.append(sa.or_(*_LACKS.values()))
    return sa.case((sa.and_(*conditions), line)) if conditions else line


def _parts(dialect: str, columns: Sequence[Column], scrub: bool) -> Iterable[Text | str]:
    ends = [COLUMN_END] * (len(columns) - 1) + [LINE_END]
    for column, end in zip(columns, ends, strict=True):
        yield _value(dialect, column.value, scrub)
        yield end


def _value(dialect: str, value: Value, scrub: bool) -> Text | str:
    match value:
        case Fixed(text):
            return text
        case Field(name):
            return _field(item.c[name], scrub)
        case Instant(name):
            return _instant(dialect, item.c[name])
        case Day(name):
            return _day(dialect, item.c[name])
        case Faults(texts):
            cases = [sa.case((_LACKS[missing], text + _BETWEEN_FAULTS), else_="") for missing, text in texts]
            return sa.func.rtrim(_concatenated(cases), _BETWEEN_FAULTS, type_=sa.Text())


def _field(column: sa.Column[object], scrub: bool) -> Text:
    text: Text = sa.type_coerce(column, sa.Text()) if isinstance(column.type, sa.Text) else sa.cast(column, sa.Text())
    if column.nullable:
        text = sa.func.coalesce(text, sa.literal(""), type_=sa.Text())
    for end in (COLUMN_END, LINE_END) if scrub else ():
        text = sa.func.replace(text, end, " ", type_=sa.Text())
    return text


def _instant(dialect: str, column: sa.Column[int]) -> Text:
    seconds = column // _SECOND
    if dialect == "sqlite":
        return sa.func.datetime(seconds, "unixepoch", type_=sa.Text()).concat(" UTC")
    return sa.func.to_char(_utc(seconds), 'YYYY-MM-DD HH24:MI:SS "UTC"', type_=sa.Text())


def _day(dialect: str, column: sa.Column[int]) -> Text:
    seconds = column // _SECOND
    if dialect == "postgresql":
        return sa.func.to_char(_utc(seconds), "Mon FMDD, YYYY", type_=sa.Text())
    month, day = (sa.cast(sa.func.strftime(mark, seconds, "unixepoch"), sa.Integer) for mark in ("%m", "%d"))
    name = sa.func.substr(_MONTHS, month * 3 - 2, 3, type_=sa.Text())
    year = sa.func.strftime(", %Y", seconds, "unixepoch", type_=sa.Text())
    return name.concat(" ").concat(sa.cast(day, sa.Text)).concat(year)


def _utc(seconds: sa.ColumnElement[int]) -> sa.ColumnElement[object]:
    return sa.func.timezone("UTC", sa.func.to_timestamp(seconds))


def _concatenated(parts: Iterable[Text | str]) -> Text:
    """One expression, with texts that stand beside each other made one."""
    merged: list[Text | str] = []
    for part in parts:
        if merged and isinstance(part, str) and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    texts = [sa.literal(part, sa.Text()) if isinstance(part, str) else part for part in merged]
    return reduce(lambda left, right: left.concat(right), texts)
