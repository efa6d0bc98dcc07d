"""Commands, typed in this process, and what came of them."""

import io
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from daybook.cli.program import run
from daybook.config import Settings
from daybook.store.opening import open_store
from daybook.store.store import Store

CATALOG = """sku,title,price,qty,image,barcode
A-1,"Kettle, enamel",34.90,3,https://images.example/1.jpg,2000000000015
A-2,Casserole [26 cm],89.00,0,https://images.example/2.jpg,2000000000022
A-3,,,,,
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which is one JSON value and nothing else."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """Standard error, which is one JSON value and nothing else."""
        return json.loads(self.err)["error"]


@dataclass(frozen=True, slots=True)
class Terminal:
    """Types commands, with no setting but the data folder and those that are given."""

    data: Path
    environment: Mapping[str, str]

    @property
    def folder(self) -> Path:
        """Where the data folder is."""
        return self.data.parent

    @property
    def database(self) -> str:
        """The URL of the database behind the commands."""
        return Settings(data=self.data, database_url=self.environment.get("DAYBOOK_DATABASE_URL", "")).database

    def having(self, **variables: str) -> "Terminal":
        """The same with more in the environment."""
        return replace(self, environment={**self.environment, **variables})

    def __call__(self, *words: object) -> Ran:
        """Runs `daybook` with these words."""
        environment = {"TZ": "UTC", "DAYBOOK_DATA": str(self.data), **self.environment}
        with patch.dict(os.environ, environment), _captured() as (out, err):
            time.tzset()
            code = run([str(word) for word in words])
        time.tzset()
        return Ran(code, _text(out), _text(err))

    def done(self, *words: object) -> Ran:
        """Runs what must succeed."""
        ran = self(*words)
        assert ran.code == 0, ran
        return ran

    def json(self, *words: object) -> Any:
        """What must succeed answers, as JSON."""
        return self.done(*words, "--json").json

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database behind the commands."""
        opened = open_store(self.database)
        try:
            yield opened
        finally:
            opened.close()

    def write(self, name: str, text: str | bytes) -> Path:
        """A file beside the data folder."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


@contextmanager
def _captured() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        yield out, err


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


@dataclass(frozen=True, slots=True)
class Shop:
    """A seller in the US and in Canada, three items in the US, and an application that it authorised."""

    terminal: Terminal
    client_id: str
    client_secret: str
    refresh_token: str
    seller: str = "A1SHOP"

    @classmethod
    def open(cls, terminal: Terminal) -> Self:
        """Types what an operator types first."""
        terminal.done("accounts", "add", "--seller", "A1SHOP", "--name", "The [shop]", "--marketplace", "US,CA")
        made = terminal.json("apps", "create", "--name", "books", "--seller", "A1SHOP")
        file = terminal.write("catalog.csv", CATALOG)
        terminal.done("catalog", "import", file, "--seller", "A1SHOP", "--marketplace", "US")
        return cls(terminal, made["clientId"], made["clientSecret"], made["refreshToken"])

    def copied(self, data: Path) -> Self:
        """The same shop once more, in another data folder."""
        shutil.copytree(self.terminal.folder, data.parent, dirs_exist_ok=True)
        return replace(self, terminal=replace(self.terminal, data=data))

    def request(self, *words: object, report_type: str = "GET_MERCHANT_LISTINGS_ALL_DATA") -> Any:
        """Asks for a report of the US."""
        words = (*words, "--marketplace", "US", "--seller", self.seller)
        return self.terminal.json("reports", "request", report_type, *words)

    def made(self) -> Any:
        """A report that is DONE."""
        return self.request("--wait")
