"""The demo from its beginning to its end."""

import logging
from functools import partial

from rich.text import Text

from daybook.app import App, open_app, serving, working
from daybook.cli.call import Call, worker_name
from daybook.cli.demo import batches, curl, setting, story
from daybook.cli.demo.curl import Scene
from daybook.cli.demo.receiver import Receiver, receiving
from daybook.cli.demo.setting import Credentials
from daybook.cli.demo.stage import Stage
from daybook.cli.demo.story import Ending
from daybook.cli.logs import configure_log
from daybook.config import Settings
from daybook.listening import Server


def play(call: Call, *, once: bool, tls: bool, port: int) -> None:
    """Plays the story in a folder of its own, and then serves on until Ctrl-C unless it is to be played `once`.

    Raises StoryFailed, and whatever a part of it raises.
    """
    stage = Stage(call.screen)
    with setting.folder(call.data, call.screen) as folder, (folder / "daybook.log").open("a", encoding="utf-8") as log:
        configure_log(logging.INFO, log)
        stage.head("Daybook, from an empty folder")
        with setting.marketplace(stage, folder) as marketplace:
            _play(call, stage, setting.settings(folder, port, marketplace.url, tls=tls), once=once)


def _play(call: Call, stage: Stage, settings: Settings, *, once: bool) -> None:
    with open_app(settings, schema="migrate") as app:
        setting.import_sample(stage, app)
        credentials = setting.register(app, "demo")
        with working(app, worker_name()), serving(app) as server:
            with stage.step("Started the API and a worker") as step:
                step.end = server.url
            with receiving(stage, app, setting.SELLER) as receiver:
                stage.head("What a program written for Amazon's Reports API does")
                _tell(call, stage, _scene(stage, app, server, credentials, receiver), once=once)
                if not once:
                    call.screen.show(Text(f"Daybook goes on serving at {server.url}. Ctrl-C ends it.", "bold"))
                    server.wait()


def _scene(
    stage: Stage, app: App, server: Server, credentials: Credentials, receiver: Receiver
) -> tuple[Scene, Ending, batches.Ending]:
    ca = app.settings.tls_cert
    with setting.connect(server.url, ca, credentials, stage) as client:
        ending = story.play(stage, client, partial(setting.connect_revoked, app, server.url, ca, stage), receiver)
        stage.head("What a batch of changes to a marketplace goes through")
        changed = batches.play(stage, client, app.ids.bytes)
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
        batch_id=changed.batch_id,
    )
    return scene, ending, changed


def _tell(call: Call, stage: Stage, played: tuple[Scene, Ending, batches.Ending], *, once: bool) -> None:
    """The story is over: what a shell can do now, or all of it as JSON."""
    scene, ending, changed = played
    lines = [] if once else curl.lines(scene)
    if call.screen.json:
        left = {
            "sellerId": setting.SELLER,
            "reportId": ending.report_id,
            "reportDocumentId": ending.document_id,
            "cancelledReportId": ending.cancelled_id,
            "reportScheduleId": ending.schedule_id,
            "batchId": changed.batch_id,
            "correctedBatchId": changed.corrected_id,
        }
        call.screen.write_json({"url": scene.url, "steps": stage.told, "left": left, "commands": lines})
        return
    if lines:
        stage.head("The same from a shell: paste these, one after the other")
    for line in lines:
        call.screen.show(Text(f"# {line.about}", "dim"), line.command)
    call.screen.show("")
