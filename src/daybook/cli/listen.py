"""`daybook listen`: a receiver of notifications, for whoever writes one."""

import logging
import secrets as chance
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.text import Text

from daybook.cli.call import Call
from daybook.cli.commands import command
from daybook.cli.environment import secret_in
from daybook.cli.logs import configure_log
from daybook.cli.screen import Screen, facts, iso, when
from daybook.cli.serve import ending_when_told
from daybook.kernel.errors import InvalidInput, Unavailable
from daybook.notifications.answers import SENTENCES, Answer
from daybook.notifications.inbound.reading import Reading, Shape, read
from daybook.notifications.signing import new_secret
from daybook.shapes import decode

if TYPE_CHECKING:
    from daybook.sandbox.receiver import Received

_ENDED_BADLY = frozenset({"ERROR", "FAILED", "FATAL", "CANCELLED"})


def add_to(program: typer.Typer) -> None:
    """Adds the command."""
    command(program)(listen)


def listen(
    call: Call,
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = 8002,
    secret: Annotated[
        list[str] | None,
        typer.Option(metavar="WHSEC", help="The destination's signing secret; may be repeated, as in a rotation."),
    ] = None,
    secret_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file that holds the signing secret.")
    ] = None,
    forward: Annotated[
        str | None, typer.Option(metavar="URL", help="Send on here what is verified, and answer as it answers.")
    ] = None,
) -> None:
    """Receive notifications on this machine, verify their signatures, and tell each, until Ctrl-C.

    Without a secret it makes one up, to be given to the destination. A good signature is answered 204, or as the
    --forward URL answers; a bad one 401. `docs/receiving.md` has the three commands of a first notification.
    """
    from daybook.practising import serving_receiver  # noqa: PLC0415  help and mistakes are answered without it

    given = [*(secret or ()), *([secret_in(secret_file, "--secret-file")] if secret_file else [])]
    known = given or [new_secret(chance.token_bytes)]
    configure_log(logging.WARNING)
    with ending_when_told(), serving_receiver(port, known, Telling(call.screen).tell, forward) as server:
        made = {} if given else {"secret": known[0]}
        begun = {"url": server.url, "port": server.port, **made}
        call.screen.answer(begun, f"Listening on {server.url} until Ctrl-C.", *([_hint(known[0])] if made else []))
        server.wait()
        raise Unavailable("The receiver has ended by itself.", "The log above says why.")


def _hint(secret: str) -> Text:
    return Text(f"Give the destination this secret, or start again with --secret and the destination's:\n  {secret}")


class Telling:
    """Tells each notification: a line and what belongs to it below, or a line of JSON."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def tell(self, received: "Received") -> None:
        """One attempt that arrived."""
        reading = _reading(received)
        if self._screen.json:
            self._screen.write_json(_json(received, reading))
            return
        self._screen.show(_line(received, reading), *_below(received, reading))


def _reading(received: "Received") -> Reading:
    try:
        return read(received.body, received.headers)
    except InvalidInput as error:
        return Reading(Shape.UNKNOWN, received.message_id, description=error.message)


def _line(received: "Received", reading: Reading) -> Text:
    line = Text(f"{when(received.at)}  ")
    if received.refusal:
        return line.append("refused", "bold red").append(f"  {received.refusal}")
    line.append("verified", "green").append(f"  {reading.event_type or 'an event'}", "bold")
    if reading.status:
        line.append(f" {reading.status}", "red" if reading.status in _ENDED_BADLY else "green")
    if received.again:
        line.append("  again: its id came before", "yellow")
    return line


def _below(received: "Received", reading: Reading) -> list[Any]:
    if received.refusal:
        hint = "the secret is another destination's, or the body was changed on the way"
        perhaps = hint if "secret" in received.refusal else ""
        answered = "401; the sender will try again"
        return [facts([("  webhook-id", received.message_id), ("  perhaps", perhaps), ("  answered", answered)])]
    pairs = [
        (reading.subject or "about", f"{reading.subject_id} {reading.report_type}".strip()),
        ("seller", reading.seller),
        ("says", reading.description),
        ("webhook-id", received.message_id),
        ("forwarded", _forwarded(received.forwarded)),
    ]
    shown = [(f"  {name}", value) for name, value in pairs if value]
    return [facts(shown)] if shown else []


def _forwarded(answer: Answer | None) -> str:
    if answer is None:
        return ""
    status = f"answered {answer.status} in {answer.milliseconds} ms" if answer.status is not None else ""
    return status or f"{SENTENCES[answer.error] if answer.error else ''} {answer.detail}".strip()


def _json(received: "Received", reading: Reading) -> dict[str, Any]:
    answer = received.forwarded
    forwarded = answer and {"status": answer.status, "milliseconds": answer.milliseconds, "error": answer.error}
    return {
        "time": iso(received.at),
        "webhookId": received.message_id,
        "verified": not received.refusal,
        "refusal": received.refusal or None,
        "again": received.again,
        "eventType": reading.event_type or None,
        "status": reading.status or None,
        "resource": reading.subject or None,
        "resourceId": reading.subject_id or None,
        "forwarded": forwarded,
        "body": _body(received.body),
    }


def _body(body: bytes) -> object:
    """The body as JSON where it is that, so that no tool has to decode it twice; else as text."""
    try:
        return decode(body, object)
    except msgspec.DecodeError:
        return body.decode("utf-8", "replace")
