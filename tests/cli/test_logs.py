"""The log: JSON lines where no person looks, and no secret in any of them."""

import io
import json
import logging

import pytest
import structlog

from daybook.cli.logs import configure_log

SECRETS = [
    "postgresql://me:hunter2@db/daybook",
    "https://me:hunter2@host/x",
    "Atza|hunter2-hunter2",
    "Atzr|hunter2-hunter2",
    "amzn1.oa2-cs.v1.hunter2-hunter2",
    "/documents/A/B?expires=1&signature=hunter2",
]


class Screen(io.StringIO):
    """A terminal that is looked at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [io.StringIO, Screen])
def test_no_line_of_the_log_holds_a_secret(stream: type[io.StringIO]) -> None:
    out = stream()
    configure_log(logging.INFO, out)
    log = structlog.get_logger()
    for secret in SECRETS:
        log.info("something", url=secret, client_secret="hunter2", password="hunter2")
        logging.getLogger("a.library").warning("it said %s", secret)
        try:
            raise RuntimeError(secret)
        except RuntimeError:
            log.exception("it failed")
    assert "RuntimeError" in out.getvalue()
    assert "hunter2" not in out.getvalue()


def test_where_no_person_looks_each_line_is_json_of_ours_and_of_libraries() -> None:
    out = io.StringIO()
    configure_log(logging.INFO, out)
    structlog.get_logger().info("serving", url="http://x", port=1)
    logging.getLogger("uvicorn.error").error("broken")
    logging.getLogger("uvicorn.error").info("of no interest")
    structlog.get_logger().debug("of no interest")
    ours, theirs = (json.loads(line) for line in out.getvalue().splitlines())
    assert (ours["event"], ours["level"], ours["url"], ours["port"]) == ("serving", "info", "http://x", 1)
    assert (theirs["event"], theirs["level"]) == ("broken", "error")
    assert ours["timestamp"].endswith("Z")


def test_a_traceback_is_in_its_line() -> None:
    out = io.StringIO()
    configure_log(logging.INFO, out)
    try:
        raise RuntimeError("why")
    except RuntimeError:
        structlog.get_logger().exception("it failed")
    assert "RuntimeError: why" in json.loads(out.getvalue())["exception"]


def test_people_get_lines_that_they_can_read() -> None:
    out = Screen()
    configure_log(logging.INFO, out)
    structlog.get_logger().info("serving", url="http://x")
    assert "serving" in out.getvalue()
    assert not out.getvalue().startswith("{")
