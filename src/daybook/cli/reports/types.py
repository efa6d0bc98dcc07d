"""`daybook reports types`: the catalogue of report types, searched, and one of them with its rules in sentences."""

from rich.console import RenderableType

from daybook.cli.call import Call
from daybook.cli.screen import facts, listing
from daybook.kernel.errors import Misconfigured
from daybook.report_types.registry import registry
from daybook.reports.rows import ReportType
from daybook.reports.rules.sentences import sentences

_STATUSES = {
    "current": "current: its rules bind",
    "unsure": "unsure: its rules only warn",
    "removed": "removed: it can neither be requested nor scheduled",
}
_RESTRICTED = {
    "no": None,
    "role": "Amazon asks for a restricted role",
    "token": "Amazon asks for a restricted data token to fetch it",
}


def show_types(call: Call, text: str) -> None:
    """The report types that the text finds; where that is one, all there is to know of it."""
    settings = call.settings()
    known = registry(settings.sql, settings.report_types)
    try:
        known.check()
    except Misconfigured as error:
        call.screen.fault(error)
    found = known.types.search(text)
    content = [_content(one, made=one.name in known.producers) for one in found]
    if len(found) == 1:
        call.screen.answer(content, *_whole(found[0], made=found[0].name in known.producers))
        return
    rows = [(one.name, one.format, _asked(one), "yes" if one.name in known.producers else "") for one in found]
    heads = ("TYPE", "FORMAT", "ASKED BY", "MADE")
    nothing = f"No report type has {text!r} in its name, category, options or note."
    call.screen.answer(content, listing(heads, rows) if rows else nothing)


def _asked(one: ReportType) -> str:
    """The ways in which it may be asked for; what is not known is not forbidden."""
    ways = {"request": one.requestable, "schedule": one.schedulable}
    possible = [name for name, answer in ways.items() if answer != "no"]
    return "either" if len(possible) == len(ways) else "".join(possible) or "nobody"


def _whole(one: ReportType, *, made: bool) -> list[RenderableType]:
    pairs: list[tuple[str, object]] = [
        ("Type", one.name),
        ("Category", one.category),
        ("Row", f"{one.place}, {_STATUSES[one.status]}"),
        ("Format", f"{one.format}, {one.content_type}"),
        ("Request", one.requestable),
        ("Schedule", one.schedulable + (f", in one slot with others of {one.group}" if one.group != one.name else "")),
        (
            "Begun by",
            {"request": None, "amazon": "Amazon itself", "seller": "the seller, in Seller Central"}[one.made_by],
        ),
        ("Made anew", f"once in {one.every} at most" if one.every else None),
        ("For", one.audience.replace("+", " and ")),
        ("Restricted", _RESTRICTED[one.restricted]),
        ("Roles", one.roles),
        ("Made here", _made_here(one, made=made)),
        ("Note", one.note),
    ]
    parts: list[RenderableType] = [facts(pairs)]
    if one.options:
        options = [
            (option.name, option.notation, option.default, "yes" if option.required else "") for option in one.options
        ]
        parts += ["", listing(("OPTION", "VALUES", "DEFAULT", "REQUIRED"), options)]
    rules = list(sentences(one))
    return [*parts, "", facts(("-", rule) for rule in rules)] if rules else parts


def _made_here(one: ReportType, *, made: bool) -> str | None:
    if one.status == "removed":
        return None
    return "yes" if made else "no: without a scenario it ends CANCELLED, without data"


def _content(one: ReportType, *, made: bool) -> dict[str, object]:
    return {
        "reportType": one.name,
        "status": one.status,
        "category": one.category,
        "format": one.format,
        "contentType": one.content_type,
        "requestable": one.requestable,
        "schedulable": one.schedulable,
        "madeBy": one.made_by,
        "scheduleGroup": one.group,
        "madeAnewEvery": str(one.every) if one.every else None,
        "audience": one.audience,
        "restricted": one.restricted,
        "marketplaceRule": one.marketplace_rule,
        "marketplaces": one.marketplaces,
        "roles": one.roles,
        "dates": [{"rule": each.text, "answer": one.answer_of(each)} for each in one.dates],
        "options": [
            {
                "name": option.name,
                "values": option.notation,
                "default": option.default,
                "required": option.required,
            }
            for option in one.options
        ],
        "rules": list(sentences(one)),
        "note": one.note,
        "file": one.file,
        "line": one.row,
        "madeHere": made,
    }
