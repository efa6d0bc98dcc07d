"""The command line as a whole: its answers in JSON, its exit codes, and what it says when something is wrong."""

import json
import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import pytest

from daybook.cli import accounts
from daybook.cli.exits import ExitCode
from tests.cli.typing_in import Shop, Terminal
from tools.commands import commands

FAULTS = "GET_MERCHANTS_LISTINGS_FYP_REPORT"
OF = ("--seller", "A1SHOP")
Words = tuple[object, ...]

# How each command is called that answers and ends, with the shop's `{report}` (DONE), `{queued}` and `{schedule}`.
CALLS: dict[str, Words] = {
    "migrate": (),
    "doctor": (),
    "retention": ("--dry-run",),
    "backup": ("{folder}/b.tar",),
    "accounts add": ("--seller", "A2", "--name", "Second", "--marketplace", "DE"),
    "accounts list": (),
    "accounts show": ("A1SHOP",),
    "apps create": ("--name", "other"),
    "apps list": (),
    "apps show": ("books",),
    "apps authorize": ("books", *OF),
    "apps revoke": ("books",),
    "apps usage-plan": ("books",),
    "apps rules": ("books", "--lenient"),
    "catalog import": ("{folder}/catalog.csv", *OF, "--marketplace", "US"),
    "catalog show": (*OF, "--marketplace", "US"),
    "profiles add": ("spare", "--endpoint", "eu", "--client-id", "me", "--seller", "A1"),
    "profiles list": (),
    "profiles show": ("elsewhere",),
    "profiles remove": ("elsewhere",),
    "errors": (),
    "reports types": (),
    "reports request": ("GET_MERCHANT_LISTINGS_ALL_DATA", *OF),
    "reports list": OF,
    "reports show": ("{report}", *OF),
    "reports wait": ("{report}", *OF),
    "reports cancel": ("{queued}", *OF),
    "reports download": ("{report}", *OF, "--output", "{folder}/document.txt"),
    "reports support-pack": ("{report}", *OF, "--output", "{folder}/pack.zip"),
    "schedules create": (FAULTS, *OF, "--period", "P1D"),
    "schedules list": OF,
    "schedules show": ("{schedule}", *OF),
    "schedules cancel": ("{schedule}", *OF),
}
NOTIFICATIONS = {"destinations", "subscriptions", "deliveries", "inbound", "followed"}
ELSEWHERE = {
    "serve",
    "worker",
    "demo",
    "restore",
    "sandbox",
    "listen",
    "keys",
    "batches",
    "inbound",
    "followed",
    *NOTIFICATIONS,
}
"""What runs until it is ended, or needs a place of its own: tested in files of their own, whole groups too."""
WITHOUT_A_DATABASE = {
    "migrate",
    "doctor",
    "errors",
    "reports types",
    *(name for name in CALLS if name.startswith("profiles")),
}


@dataclass(frozen=True, slots=True)
class Busy:
    """A shop in which something has happened, and the names of that."""

    shop: Shop
    names: dict[str, str]

    def words(self, command: str) -> list[str]:
        """The command with names of what is there."""
        names = {**self.names, "folder": str(self.shop.terminal.folder)}
        return [*command.split(), *(str(word).format_map(names) for word in CALLS[command])]


@pytest.fixture(scope="module")
def busy_template(shop_template: Shop, tmp_path_factory: pytest.TempPathFactory) -> Busy:
    """A busy shop, to be copied."""
    shop = shop_template.copied(tmp_path_factory.mktemp("busy") / "data")
    period = ("--period", "P1D", "--marketplace", "US")
    schedule = shop.terminal.json("schedules", "create", FAULTS, *OF, *period)["reportScheduleId"]
    report, queued = shop.made()["reportId"], shop.request()["reportId"]
    return Busy(shop, {"report": report, "queued": queued, "schedule": schedule})


@pytest.fixture
def busy(busy_template: Busy, tmp_path: Path) -> Busy:
    """A busy shop of the test's own, whose user has a profile."""
    shop = busy_template.shop.copied(tmp_path / "data")
    having = {
        "DAYBOOK_PROFILES": str(tmp_path / "profiles.toml"),
        "DAYBOOK_CLIENT_SECRET": "s",
        "DAYBOOK_REFRESH_TOKEN": "r",
    }
    shop = replace(shop, terminal=shop.terminal.having(**having))
    add = ("--endpoint", "na", "--client-id", "me", "--seller", "A1")
    shop.terminal.done("profiles", "add", "elsewhere", *add)
    return replace(busy_template, shop=shop)


def test_every_command_is_called_here_or_has_tests_of_its_own() -> None:
    known = {path.removeprefix("daybook ") for path, _ in commands()}
    assert {name for name in known if not {name, name.split()[0]} & ELSEWHERE} == CALLS.keys()


@pytest.mark.parametrize("command", CALLS)
def test_with_json_a_command_says_one_value_on_standard_output_and_nothing_else(busy: Busy, command: str) -> None:
    ran = busy.shop.terminal(*busy.words(command), "--json")
    assert (ran.code, ran.err) == (0, "")
    assert isinstance(ran.json, dict | list)


@pytest.mark.parametrize("command", CALLS)
def test_without_json_a_command_says_something_to_people(busy: Busy, command: str) -> None:
    ran = busy.shop.terminal(*busy.words(command))
    assert ran.code == 0
    assert ran.out.strip()
    assert all(line == line.rstrip() for line in ran.out.splitlines())


@pytest.mark.parametrize("command", CALLS)
def test_every_command_says_what_it_does_and_has_the_options_of_all(nowhere: Terminal, command: str) -> None:
    shown = nowhere.done(*command.split(), "--help").out
    for option in ("--data", "--config", "--json"):
        assert option in shown


def test_help_names_values_without_words_of_pythons_and_none_behind_a_flag(nowhere: Terminal) -> None:
    for path, one in commands():
        context = one.make_context(path, [], resilient_parsing=True)
        shown = [parameter.display_type_rich(context) for parameter in one.get_params(context)]
        assert not re.search(r"[<\[]", "".join(shown)), path
    listed = nowhere.done("reports", "list", "--help").out
    for told in (r"--status +IN_QUEUE, IN_PROGRESS, ", r"--limit +NUMBER ", r"--help +Show this"):
        assert re.search(told, listed), told


@pytest.mark.parametrize("command", [name for name in CALLS if name not in WITHOUT_A_DATABASE])
def test_a_command_that_finds_the_database_away_says_so_in_json_too(busy: Busy, command: str) -> None:
    away = busy.shop.terminal.having(DAYBOOK_DATABASE_URL="postgresql://somebody:hunter2@127.0.0.1:1/daybook")
    ran = away(*busy.words(command), "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (1, "", "ServiceUnavailable")
    assert "hunter2" not in ran.err


def test_the_folder_may_stand_before_the_command_or_after_it(shop: Shop) -> None:
    elsewhere = Terminal(shop.terminal.folder / "nowhere", {})
    data = ("--data", shop.terminal.data)
    assert elsewhere.json(*data, "accounts", "list") == elsewhere.json("accounts", "list", *data)
    assert elsewhere.done("--json", *data, "accounts", "list").json == elsewhere.json("accounts", "list", *data)


def test_settings_come_from_a_file_too_and_the_command_line_wins(shop: Shop, tmp_path: Path) -> None:
    config = shop.terminal.write("daybook.toml", 'data = "nowhere"\n')
    elsewhere = Terminal(tmp_path / "other", {"DAYBOOK_DATA": "", "DAYBOOK_CONFIG": str(config)})
    assert "/nowhere yet" in elsewhere("accounts", "list").err
    assert elsewhere.json("accounts", "list", "--data", shop.terminal.data)[0]["sellerId"] == "A1SHOP"
    another = shop.terminal.write("another.toml", 'data = "another"\n')
    assert "/another yet" in elsewhere("--config", another, "accounts", "list").err
    assert "/another yet" in elsewhere("accounts", "list", "--config", another).err


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"DAYBOOK_PORT": "http"}, "port"),
        ({"DAYBOOK_PROT": "80"}, "There is no setting DAYBOOK_PROT."),
        ({"DAYBOOK_DATABASE_URL": "mysql://x"}, "'mysql' is no kind of database"),
        ({"DAYBOOK_DOCUMENTS_URL": "ftp://x"}, "ftp://x is no document store"),
        ({"DAYBOOK_CONFIG": "/no/such/file.toml"}, "cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(shop: Shop, variables: dict[str, str], told: str) -> None:
    ran = shop.terminal.having(**variables)("accounts", "list", "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (1, "", "Misconfigured")
    assert told in ran.error["message"] + ran.error["details"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("acounts", "list"), "No such command 'acounts'"),
        (("accounts", "lst"), "No such command 'lst'"),
        (("accounts", "list", "--colour"), "No such option"),
        (("accounts", "add", "--seller", "A2"), "Missing option '--name'"),
        (("serve", "--port", "70000"), "less than or equal to 65535"),
        (("reports", "list", *OF, "--limit", "many"), "unable to parse string as an integer"),
    ],
)
def test_a_wrong_command_line_is_told_and_ends_with_2(terminal: Terminal, words: Words, told: str) -> None:
    ran = terminal(*words)
    assert (ran.code, ran.out) == (2, "")
    assert told in " ".join(ran.err.replace("│", " ").split())


@pytest.mark.parametrize(
    ("words", "told", "remedy"),
    [
        (("acounts", "list"), "No such command 'acounts'", "`daybook --help`"),
        (("accounts", "list", "--colour"), "No such option: --colour", "`daybook accounts list --help`"),
        (("accounts", "add", "--seller", "A2"), "Missing option '--name'", "`daybook accounts add --help`"),
        (("reports",), "No command follows `daybook reports`.", "`daybook --help`"),
    ],
)
def test_a_wrong_command_line_is_told_in_json_too(terminal: Terminal, words: Words, told: str, remedy: str) -> None:
    ran = terminal("--json", *words)
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", "InvalidInput")
    assert told in ran.error["message"]
    assert remedy in ran.error["details"]
    after = terminal(*words, "--json")
    assert (after.code, after.out, after.error["code"]) == (2, "", "InvalidInput")


def test_bytes_that_are_no_text_are_refused(shop: Shop) -> None:
    ran = shop.terminal("accounts", "show", b"\xff".decode(errors="surrogateescape"))
    assert ran.code == 1
    assert "is not UTF-8" in ran.err


def broken(*_: object) -> None:
    raise RuntimeError("Atzr|secret-of-somebody and\nmore")


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_fault_of_ours_is_one_line_without_secrets_unless_more_is_asked_for(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "find_seller", broken)
    ran = shop.terminal("accounts", "show", "A1SHOP")
    assert (ran.code, ran.out) == (ExitCode.BROKEN, "")
    assert "RuntimeError: Atzr|*** and\n" in ran.err
    assert "Traceback" not in ran.err
    assert "DAYBOOK_DEBUG=1" in ran.err
    more = shop.terminal.having(DAYBOOK_DEBUG="1")("accounts", "show", "A1SHOP")
    assert more.code == ExitCode.BROKEN
    assert "Traceback" in more.err
    assert "secret-of-somebody" not in more.err


def test_ctrl_c_ends_a_command_without_a_word(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "find_seller", interrupted)
    ran = shop.terminal("accounts", "show", "A1SHOP")
    assert (ran.code, ran.out, ran.err) == (ExitCode.INTERRUPTED, "", "")


def started(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)


def test_daybook_is_a_program_of_its_own_and_a_module() -> None:
    program = Path(sys.executable).with_name("daybook")
    script = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    module = started("-m", "daybook.cli", "--version")
    assert script.stdout == module.stdout == f"daybook {version('daybook')}\n"


def test_a_pipe_that_is_closed_early_is_no_fault(shop: Shop) -> None:
    command = f"{sys.executable} -m daybook.cli reports types | head -n 1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert ran.stdout.startswith("TYPE")
    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("daybook.cli.program", ("sqlalchemy", "alembic", "litestar", "uvicorn", "httpx2", "cryptography")),
        ("daybook.cli.produce", ("litestar", "uvicorn", "httpx2", "typer", "cryptography")),
    ],
)
def test_what_starts_often_starts_without_what_it_does_not_need(module: str, heavy: tuple[str, ...]) -> None:
    ran = started("-c", f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])")
    assert ran.stdout == "[]\n", ran.stderr


def test_every_file_in_the_data_folder_is_its_owners_alone(nowhere: Terminal) -> None:
    """The folder keeps others out already; a copy of it, or a folder that was made before, may not."""
    before = os.umask(0o022)
    try:
        Shop.open(nowhere).made()
        with nowhere.store():
            files = [path for path in nowhere.data.rglob("*") if path.is_file()]
            modes = {str(path.relative_to(nowhere.data)): stat.S_IMODE(path.stat().st_mode) for path in files}
    finally:
        os.umask(before)
    assert {"daybook.sqlite", "daybook.sqlite-wal", "daybook-buckets.sqlite", "worker.lock"} <= modes.keys()
    assert any(name.startswith("documents/") for name in modes)
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_a_disk_that_is_full_is_no_fault_of_daybooks(tmp_path: Path) -> None:
    """Standard output itself, where there is room for nothing."""
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "daybook.cli", "errors", "--json"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "DAYBOOK_DATA": str(tmp_path)},
        )  # fmt: skip
    assert ended.returncode == ExitCode.FAILED
    assert json.loads(ended.stderr)["error"]["message"] == "No space left on device."
