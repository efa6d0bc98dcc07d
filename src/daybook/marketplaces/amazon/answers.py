"""What Amazon's answers mean, in the words of operations/calls.py.

200 ACCEPTED                    taken, not yet in effect
200 INVALID                     refused, with issues: HTTP's status says nothing of it
200 that cannot be read         uncertain
400, 404, 413, 415 ...          refused: the error is its one issue
401, 403                        a fault of the credentials, not of the record
429                             throttled
500 and above                   a fault; without an error of Amazon's own it is not this call's
"""

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import UnsetType

from daybook.client.calls.retries import retry_after
from daybook.client.calls.sending import REQUEST_ID
from daybook.client.errors import refusal
from daybook.client.wire.messages import SUCCESS, Incoming
from daybook.contract import listings as wire
from daybook.operations.calls import Fault, Issue, Outcome, Reply, ReplyStatus, Throttled, Uncertain
from daybook.operations.codes import Code
from daybook.shapes import decode

_STATUSES = {wire.ACCEPTED: ReplyStatus.ACCEPTED, wire.INVALID: ReplyStatus.INVALID}
_TOO_OFTEN = 429
_AWAY = 503
_FAILED = 500
_CREDENTIALS = (401, 403)
_SHOWN = 200


def outcome(got: Incoming) -> Outcome:
    """What became of a submission."""
    request_id = got.headers.get(REQUEST_ID, "")
    if got.status not in SUCCESS:
        return refused(got)
    try:
        answer = decode(got.body, wire.ListingsItemSubmissionResponse)
    except msgspec.DecodeError as error:
        return Uncertain(f"The answer cannot be read: {error}.", got.status, request_id)
    status = _STATUSES.get(answer.status)
    if status is None:
        return Uncertain(f"The answer's status is {answer.status[:_SHOWN]!r}.", got.status, request_id)
    return Reply(status, answer.submissionId, issues_of(answer.issues), request_id, got.status)


def refused(got: Incoming) -> Reply | Throttled | Fault:
    """An answer that is no success, whatever stands in its body."""
    request_id = got.headers.get(REQUEST_ID, "")
    told = refusal(got.status, got.body, request_id)
    if got.status == _TOO_OFTEN:
        return Throttled(retry_after(got.headers) or None, request_id, got.status)
    if got.status in _CREDENTIALS or got.status >= _FAILED or not told.error:
        whole = got.status in _CREDENTIALS or got.status == _AWAY or not told.error
        return Fault(told.error or Code.MARKETPLACE_FAULT, told.sentence, got.status, request_id, whole)
    return Reply(ReplyStatus.INVALID, "", (Issue(told.error, told.sentence),), request_id, got.status)


def issues_of(issues: Sequence[wire.Issue] | UnsetType) -> tuple[Issue, ...]:
    """Issues, in our words; a severity that nobody knows yet is taken for an error."""
    return () if isinstance(issues, UnsetType) else tuple(_issue(one) for one in issues)


def _issue(one: wire.Issue) -> Issue:
    severities: dict[str, Literal["WARNING", "INFO"]] = {"WARNING": "WARNING", "INFO": "INFO"}
    names = () if isinstance(one.attributeNames, UnsetType) else tuple(one.attributeNames)
    return Issue(one.code, one.message, severities.get(one.severity, "ERROR"), names)
