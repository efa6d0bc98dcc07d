"""The story once more, as lines to paste into a shell."""

from dataclasses import dataclass
from pathlib import Path
from shlex import quote

_WIDE = 74
_END = "; echo"  # the answers end without a new line
_JSON = "-H 'content-type: application/json'"


@dataclass(frozen=True, slots=True)
class Scene:
    """What the lines speak of."""

    url: str
    ca: Path | None
    client_id: str
    client_secret: str
    refresh_token: str
    marketplace_id: str
    report_type: str
    report_id: str
    document_id: str
    batch_id: str


@dataclass(frozen=True, slots=True)
class Line:
    """A command for bash or zsh, of one or several lines, and what it is for."""

    about: str
    command: str


def lines(scene: Scene) -> list[Line]:
    """Commands that work one after the other, against the server of the scene, as long as it runs.

    They are broken so that a terminal of 80 columns need not.
    """
    curl = "curl -sS" if scene.ca is None else 'curl -sS --cacert "$CA"'
    shown = '-H "x-amz-access-token: $TOKEN"'
    listed = f'"$API/reports?reportTypes={scene.report_type}"'
    told = [
        ("where it is", f"HERE={scene.url}; API=$HERE/reports/2021-06-30"),
        ("the certificate to trust", f"CA={quote(str(scene.ca))}"),
        ("a token, good for an hour", _token(scene, curl)),
        ("ask for a report", _broken(curl, "$API/reports", shown, _JSON, _body(scene)) + _END),
        ("the report that the demo asked for", _broken(curl, f"$API/reports/{scene.report_id}", shown) + _END),
        ("all of its type, newest first", _broken(curl, listed, shown) + _END),
        ("its document", f"ID={scene.document_id}"),
        ("a link to it, good for 300 s", _broken(f"LINK=$({curl}", '"$API/documents/$ID"', shown, _member("url"))),
        ("its first rows", _broken(curl, '"$LINK" | gunzip | cut -f 1,4,5,6,29 | head -n 5')),
        ("the operation report of the demo's batch", f"BATCH={scene.batch_id}; OWN=$HERE/daybook/v1"),
        ("... what failed, with the reason", _broken(curl, '"$OWN/batches/$BATCH/report?failed=true"', shown)),
        ("what such a code means", _broken(curl, '"$OWN/error-codes/90220"', shown) + _END),
        ("what happens without a token", _broken(curl, f"$API/reports/{scene.report_id}") + _END),
    ]
    return [Line(about, command) for about, command in told if scene.ca or not command.startswith("CA=")]


def _token(scene: Scene, curl: str) -> str:
    return _broken(
        f"TOKEN=$({curl}",
        "$HERE/auth/o2/token -d grant_type=refresh_token",
        f"-d client_id={scene.client_id}",
        f"-d client_secret={scene.client_secret}",
        f"-d {quote('refresh_token=' + scene.refresh_token)}",
        _member("access_token"),
    )


def _body(scene: Scene) -> str:
    return f"""-d '{{"reportType": "{scene.report_type}",
       "marketplaceIds": ["{scene.marketplace_id}"]}}'"""


def _member(name: str) -> str:
    """The end of a command that takes one member out of an answer."""
    return f"""| sed 's/.*"{name}":"\\([^"]*\\)".*/\\1/')"""


def _broken(*parts: str) -> str:
    """One command, with a line for what does not fit on the first."""
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + 1 + len(part) > _WIDE or len(lines) > 1 or "\n" in part:
            lines.append(f"  {part}")
        else:
            lines[-1] += f" {part}"
    return " \\\n".join(lines)
