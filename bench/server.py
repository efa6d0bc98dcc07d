"""A server process: Daybook's API, or a bare handler of the same framework, with the same settings of the HTTP server.

`python -m bench.server bare FILE` answers every getReport with the bytes in the file;
`python -m bench.server daybook FOLDER` serves the data folder. The first line that it prints is its port; each line
that it is sent is answered by the seconds of processor time that it has used.
"""

import socket
import sys
import threading
import time
from pathlib import Path

import uvicorn
from litestar import Litestar, Response, get

from bench.processes import log_faults_alone
from daybook.api.headers import named_heads
from daybook.api.paths import litestar_path
from daybook.api.server import Api
from daybook.app import open_app
from daybook.config import read_settings
from daybook.contract.operations import GET_REPORT
from daybook.kernel.ids import Ids


def bare(body: bytes) -> Litestar:
    """The least that the framework does for an answer of these bytes."""

    @get(litestar_path(GET_REPORT), media_type="application/json")
    async def get_report(reportId: str) -> Response[bytes]:  # noqa: N803  the path's own word
        return Response(body)

    return Litestar([get_report], openapi_config=None, logging_config=None)


def serve(application: Api) -> None:
    """Until the process is ended."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=tell_time, daemon=True).start()
    config = uvicorn.Config(
        application, http=named_heads(Ids()), log_config=None, access_log=False, server_header=False, date_header=True
    )
    uvicorn.Server(config).run(sockets=[listener])


def tell_time() -> None:
    """Answers each line."""
    for _ in sys.stdin:
        print(time.process_time(), flush=True)


def main(kind: str, place: Path) -> None:
    """Serves one of the two."""
    if kind == "bare":
        serve(bare(place.read_bytes()))
        return
    with open_app(read_settings({}, data=place)) as app:
        serve(app.api())


if __name__ == "__main__":
    log_faults_alone()
    main(sys.argv[1], Path(sys.argv[2]))
