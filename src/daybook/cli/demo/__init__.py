"""`daybook demo`: the whole of it, on an empty machine, in a minute."""

import logging
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from daybook.cli.call import Call, worker_name
from daybook.cli.commands import command
from daybook.cli.demo import curl, setting, story
from daybook.cli.demo.curl import Scene
from daybook.cli.demo.setting import Credentials
from daybook.cli.demo.stage import Stage
from daybook.cli.demo.story import Ending
from daybook.cli.logs import configure_log
from daybook.cli.serve import ending_when_told
from daybook.config import Settings

if TYPE_CHECKING:
    from daybook.app import App, Server


def add_to(program: typer.Typer) -> None:
    """Adds the command."""
    command(program)(demo)


def demo(
    call: Call,
    once: Annotated[bool, typer.Option("--once", help="End after the story, instead of serving on.")] = False,
    tls: Annotated[bool, typer.Option("--tls", help="Serve HTTPS, with a throw-away certificate.")] = False,
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = 0,
) -> None:
    """Play the whole story on an empty machine: a catalog, reports, a schedule, over HTTP; then serve on.

    Everything is kept in a folder that goes with the demo, or in --data DIR. Other settings are not looked at.
    """
    with setting.folder(call.data, call.screen) as folder, (folder / "daybook.log").open("a", encoding="utf-8") as log:
        configure_log(logging.INFO, log)
        settings = setting.settings(folder, port, tls=tls)
        with ending_when_told():
            try:
                _play(call, settings, once=once)
            except KeyboardInterrupt:
                call.screen.remark("Ended.")


def _play(call: Call, settings: Settings, *, once: bool) -> None:
    from daybook.app import open_app, serving, working  # noqa: PLC0415  help and mistakes are answered without it

    stage = Stage(call.screen)
    stage.head("Daybook, from an empty folder")
    with open_app(settings, schema="migrate") as app:
        setting.import_sample(stage, app)
        credentials = setting.register(app, "demo")
        with working(app, worker_name()), serving(app) as server:
            with stage.step("Started the API and a worker") as step:
                step.end = server.url
            stage.head("What a program written for Amazon's Reports API does")
            _tell(call, stage, _scene(stage, app, server, credentials), once=once)
            if not once:
                call.screen.show(Text(f"Daybook goes on serving at {server.url}. Ctrl-C ends it.", "bold"))
                server.wait()


def _scene(stage: Stage, app: "App", server: "Server", credentials: Credentials) -> tuple[Scene, Ending]:
    ca = app.settings.tls_cert
    with setting.connect(server.url, ca, credentials, stage) as client:
        ending = story.play(stage, client, partial(setting.connect_revoked, app, server.url, ca, stage))
    scene = Scene(
        url=server.url,
        ca=ca,
        client_id=credentials.client_id,
        client_secret=credentials.client_secret,
        refresh_token=credentials.refresh_token,
        marketplace_id=story.SELLS,
        report_type=story.LISTINGS,
        report_id=ending.report_id,
        document_id=ending.document_id,
    )
    return scene, ending


def _tell(call: Call, stage: Stage, played: tuple[Scene, Ending], *, once: bool) -> None:
    """The story is over: what a shell can do now, or all of it as JSON."""
    scene, ending = played
    lines = [] if once else curl.lines(scene)
    if call.screen.json:
        call.screen.write_json({"url": scene.url, "steps": stage.told, "ending": ending, "commands": lines})
        return
    if lines:
        stage.head("The same from a shell: paste these, one after the other")
    for line in lines:
        call.screen.show(Text(f"# {line.about}", "dim"), line.command)
    call.screen.show("")
