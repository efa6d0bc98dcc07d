"""What becomes of a call: from a request to an answer, with everything that the sandbox keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from daybook.accounts.tokens import GrantRefused
from daybook.contract import listings as wire
from daybook.contract.decoding import query_of
from daybook.kernel.clock import Clock, seconds_of
from daybook.kernel.errors import DaybookError, NotFound, QuotaExceeded, RequestTooLarge, Unauthorized
from daybook.kernel.ids import Ids
from daybook.reports.scenarios.scenario import ANY
from daybook.sandbox.checks import issue
from daybook.sandbox.draws import Turn, Turns
from daybook.sandbox.exchange import (
    AWAY,
    FAILED,
    TOKEN_PATH,
    Asked,
    Route,
    Told,
    answered,
    no_grant,
    refused,
    route,
    with_rate,
)
from daybook.sandbox.listings import Change, Key, Listings, Submission
from daybook.sandbox.record import Line, Record, as_json
from daybook.sandbox.scenario import TOKEN, ForcedAnswer, Scenario, Scenarios
from daybook.sandbox.submissions import check, recorded
from daybook.sandbox.tokens import Tokens
from daybook.sandbox.usage_plans import Buckets
from daybook.sandbox.views import view


@dataclass(slots=True)
class _Call:
    """A call that is admitted, and what the record will say of it."""

    asked: Asked
    where: Route
    now: datetime
    scenario: Scenario
    turn: Turn
    noted: dict[str, Any]


@dataclass(slots=True)
class Marketplace:
    """The sandbox, apart from HTTP. Not for several threads at the same time."""

    clock: Clock
    record: Record
    scenarios: Scenarios = field(default_factory=Scenarios)
    ids: Ids = field(default_factory=Ids)
    usage_plan_times: float = 1.0
    client_secret: str = ""
    _listings: Listings = field(default_factory=Listings, init=False)
    _turns: Turns = field(default_factory=Turns, init=False)
    _tokens: Tokens = field(init=False)
    _buckets: Buckets = field(init=False)
    _began: datetime = field(init=False)
    _count: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._tokens = Tokens(self.client_secret)
        self._buckets = Buckets(seconds_of(self.clock), self.usage_plan_times)
        self._began = self.clock()

    def restore(self, line: Line) -> None:
        """Takes up what an earlier run of the sandbox recorded."""
        self._count = line.number
        if line.of_item:
            self._turns.next(line.operation, line.seller_id, line.sku)
        if line.acted and not isinstance(line.due, msgspec.UnsetType):
            body = b"" if isinstance(line.request, msgspec.UnsetType) else bytes(line.request)
            late = None if isinstance(line.late, msgspec.UnsetType) else line.late
            change = Change(recorded(line.operation, body), line.due, late)
            self._listings.take(Key(line.seller_id, line.marketplace_id, line.sku), change)

    def answer(self, asked: Asked) -> Told:
        """The answer to a request; its line is in the record before it is given."""
        self._count += 1
        now, noted = self.clock(), dict[str, Any]()
        try:
            told = self._token(asked, now, noted) if asked.path == TOKEN_PATH else self._operation(asked, now, noted)
        except GrantRefused as error:
            told = no_grant(error)
        except DaybookError as error:
            told = refused(error)
        request_id = self.ids.unique()
        told = told._replace(headers={**told.headers, "x-amzn-RequestId": request_id})
        self.record.add(self._line(asked, told, now, request_id, noted))
        return told

    def _line(self, asked: Asked, told: Told, now: datetime, request_id: str, noted: Mapping[str, Any]) -> Line:
        bodies: dict[str, Any] = {}
        if noted.get("operation") != TOKEN:
            bodies = {"answer": as_json(told.body), "query": asked.query.decode("latin-1")}
            if asked.body:
                bodies["request"] = as_json(asked.body)
        said = {"operation": "", **bodies, **noted}
        return Line(
            number=self._count,
            at=now,
            request_id=request_id,
            method=asked.method,
            path=asked.path,
            status=told.status,
            sent=told.sent,
            key=asked.headers.get(wire.IDEMPOTENCY_KEY.lower(), ""),
            user_agent=asked.headers.get("user-agent", ""),
            **said,
        )

    def _token(self, asked: Asked, now: datetime, noted: dict[str, Any]) -> Told:
        noted["operation"] = TOKEN
        if self._is_down(self.scenarios.of(ANY), now):
            return AWAY
        form = dict(parse_qsl(asked.body.decode("utf-8", errors="replace")))
        caller = self._tokens.require_good(form)
        noted |= caller._asdict()
        scenario = self.scenarios.of(caller.seller_id)
        if self._is_down(scenario, now):
            return AWAY
        turn = self._turns.next(TOKEN, caller.seller_id, "")
        noted |= {"call": turn.number, "of_item": turn.of_item}
        lifetime = timedelta(seconds=scenario.access_token_seconds)
        content = {
            "access_token": self._tokens.access_token(caller, now, lifetime),
            "token_type": "bearer",
            "expires_in": scenario.access_token_seconds,
            "refresh_token": form["refresh_token"],
        }
        told = Told(200, msgspec.json.encode(content), headers={"Cache-Control": "no-store"})
        chosen = turn.chosen(scenario, scenario.answers, "answers")
        return self._forced(*chosen, told, noted) if chosen else told

    def _operation(self, asked: Asked, now: datetime, noted: dict[str, Any]) -> Told:
        where = route(asked)
        noted |= {"operation": where.operation.name, "seller_id": where.seller_id, "sku": where.sku}
        scenario = self.scenarios.of(where.seller_id)
        if self._is_down(scenario, now):
            return AWAY
        caller = self._tokens.caller(asked.headers.get("x-amz-access-token"), now)
        noted["client_id"] = caller.client_id
        if caller.seller_id != where.seller_id:
            raise Unauthorized("The seller has not authorised the application.")
        if not self._buckets.take(where.operation, where.seller_id, caller.client_id):
            raise QuotaExceeded
        turn = self._turns.next(where.operation.name, where.seller_id, where.sku)
        noted |= {"call": turn.number, "of_item": turn.of_item}
        told = self._in_turn(_Call(asked, where, now, scenario, turn, noted))
        return with_rate(told, self._buckets.rate(where.operation))

    def _is_down(self, scenario: Scenario, now: datetime) -> bool:
        outage = scenario.down
        if outage is None:
            return False
        begins = self._began + timedelta(seconds=outage.after_seconds)
        return begins <= now < begins + timedelta(seconds=outage.seconds)

    def _in_turn(self, call: _Call) -> Told:
        chosen = call.turn.chosen(call.scenario, call.scenario.answers, "answers")
        if chosen is None:
            return self._served(call, acts=True)
        _, rule = chosen
        return self._forced(*chosen, self._served(call, acts=rule.does_act), call.noted)

    def _forced(self, name: str, rule: ForcedAnswer, told: Told, noted: dict[str, Any]) -> Told:
        """What a scenario answers in the place of what would have been told."""
        noted["scenario"] = name
        if isinstance(rule.answer, str):
            return told._replace(sent=rule.answer)
        return {429: refused(QuotaExceeded()), 500: FAILED, 503: AWAY}[rule.answer]

    def _served(self, call: _Call, *, acts: bool) -> Told:
        try:
            if call.asked.too_large:
                raise RequestTooLarge("The request body is too large.")
            query = query_of(call.asked.query, call.where.operation)
            if call.where.operation is wire.GET_LISTINGS_ITEM:
                return self._found(call, query)
            key = Key(call.where.seller_id, query["marketplaceIds"][0], call.where.sku)
            call.noted |= {"marketplace_id": key.marketplace_id, "mode": query.get("mode", "")}
            return self._submitted(call, key, preview=query.get("mode") == wire.PREVIEW, acts=acts)
        except DaybookError as error:
            return refused(error)

    def _found(self, call: _Call, query: Mapping[str, Any]) -> Told:
        parts = query.get("includedData", ("summaries",))
        for marketplace_id in query["marketplaceIds"]:
            key = Key(call.where.seller_id, marketplace_id, call.where.sku)
            item = self._listings.find(key, call.now)
            if item is not None:
                call.noted["marketplace_id"] = marketplace_id
                return answered(view(key, item, parts))
        asked = ", ".join(query["marketplaceIds"])
        return refused(NotFound(f"SKU '{call.where.sku}' not found in marketplace {asked}"), "NOT_FOUND")

    def _submitted(self, call: _Call, key: Key, *, preview: bool, acts: bool) -> Told:
        expected = self._listings.expected(key, call.now)
        submission, issues = check(call.where.operation.name, call.asked, key, expected=expected)
        chosen = call.turn.chosen(call.scenario, call.scenario.rejections, "rejections")
        if chosen and not issues:
            call.noted["scenario"] = chosen[0]
            issues = [issue(chosen[1].code, chosen[1].attribute_names)]
        status = wire.INVALID if issues else wire.VALID if preview else wire.ACCEPTED
        if status == wire.ACCEPTED and acts:
            self._take(call, key, submission)
        identifiers = [wire.ItemIdentifiers(key.marketplace_id, key.asin)] if preview else msgspec.UNSET
        content = wire.ListingsItemSubmissionResponse(key.sku, status, self.ids.unique(), list(issues), identifiers)
        return answered(content)

    def _take(self, call: _Call, key: Key, submission: Submission) -> None:
        due = call.now + timedelta(seconds=call.turn.processing(call.scenario))
        chosen = call.turn.chosen(call.scenario, call.scenario.late_issues, "lateIssues")
        late = None
        if chosen:
            name, rule = chosen
            late = issue(rule.code, rule.attribute_names, rule.severity)
            call.noted |= {"scenario": name, "late": late}
        call.noted |= {"acted": True, "due": due}
        self._listings.take(key, Change(submission, due, late))
