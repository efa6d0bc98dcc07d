"""`daybook profiles`, and the credentials that they lead to."""

import os
import stat
from pathlib import Path

import pytest

from daybook.cli.profiles.book import ProfileBook
from daybook.cli.profiles.servers import in_the_clear, server_at
from daybook.kernel.errors import InvalidInput, Misconfigured
from tests.cli.typing_in import Terminal

SHOP = ("--endpoint", "eu", "--client-id", "me", "--seller", "A1", "--marketplace", "DE")


@pytest.fixture
def user(nowhere: Terminal) -> Terminal:
    """Somebody without any profile yet, and two secrets in files."""
    nowhere.write("secret", "hunter2\n")
    nowhere.write("token", "hunter3\n")
    return nowhere.having(DAYBOOK_PROFILES=str(nowhere.folder / "mine" / "profiles.toml"))


def files(user: Terminal) -> tuple[str, ...]:
    return "--client-secret-file", str(user.folder / "secret"), "--refresh-token-file", str(user.folder / "token")


def book(user: Terminal) -> Path:
    return Path(user.environment["DAYBOOK_PROFILES"])


def test_a_profile_names_its_secrets_files_and_nobody_else_may_read_it(user: Terminal) -> None:
    told = user.json("profiles", "add", "shop", *SHOP, *files(user))
    assert (told["endpoint"], told["sellerId"], told["marketplaceIds"]) == ("eu", "A1", ["A1PA6795UKMFR9"])
    assert stat.S_IMODE(book(user).stat().st_mode) == 0o600
    assert "hunter" not in book(user).read_text()
    assert user.json("profiles", "list") == [told]
    assert user.json("profiles", "show", "shop") == told
    assert not user.data.exists()


def test_a_secret_of_the_environment_is_kept_and_never_shown(user: Terminal) -> None:
    having = user.having(DAYBOOK_CLIENT_SECRET="hunter2", DAYBOOK_REFRESH_TOKEN_FILE=str(user.folder / "token"))
    added = having.done("profiles", "add", "shop", *SHOP)
    assert 'client_secret = "hunter2"' in book(user).read_text()
    assert 'refresh_token = "hunter3"' in book(user).read_text()
    for words in (("list",), ("show", "shop"), ("list", "--json"), ("show", "shop", "--json")):
        assert "hunter" not in user.done("profiles", *words).out + added.out
    assert "in the profile" in user.done("profiles", "show", "shop").out


def test_several_profiles_stand_in_one_file_and_one_goes_without_the_others(user: Terminal) -> None:
    for name in ("one", "two", "three"):
        user.done("profiles", "add", name, *SHOP, *files(user))
    book(user).write_text("# mine\n\n" + book(user).read_text())
    user.done("profiles", "remove", "two")
    assert [one["profile"] for one in user.json("profiles", "list")] == ["one", "three"]
    assert book(user).read_text().startswith("# mine\n")
    assert stat.S_IMODE(book(user).stat().st_mode) == 0o600


def test_a_file_that_others_can_read_is_not_used(user: Terminal) -> None:
    user.done("profiles", "add", "shop", *SHOP, *files(user))
    book(user).chmod(0o640)
    for words in (("profiles", "list"), ("reports", "show", "1", "--profile", "shop")):
        ran = user(*words, "--json")
        assert (ran.code, ran.out, ran.error["code"]) == (1, "", "Misconfigured")
        assert ran.error["details"] == f"chmod 600 {book(user)}"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "shop", *SHOP), 1, "There is a profile shop already."),
        (("add", "a b", *SHOP), 1, "A profile cannot be named 'a b'."),
        (("add", "new", *SHOP[2:], "--endpoint", "mars"), 2, "'mars' is no endpoint."),
        (("add", "new", *SHOP[:-1], "XX"), 2, "'XX' is no marketplace."),
        (("show", "nobody"), 1, "There is no profile 'nobody'"),
        (("remove", "nobody"), 1, "There is no profile 'nobody'"),
    ],
)
def test_what_cannot_be_is_refused(user: Terminal, words: tuple[str, ...], code: int, told: str) -> None:
    user.done("profiles", "add", "shop", *SHOP, *files(user))
    more = files(user) if words[0] == "add" else ()
    ran = user("profiles", *words, *more, "--json")
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.error["message"]
    assert [one["profile"] for one in user.json("profiles", "list")] == ["shop"]


def test_a_secret_that_is_nowhere_is_asked_for_and_programs_are_told(user: Terminal) -> None:
    ran = user("profiles", "add", "shop", *SHOP, "--json")
    assert (ran.code, ran.error["code"]) == (1, "Misconfigured")
    assert "DAYBOOK_CLIENT_SECRET" in ran.error["details"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[shop", "cannot be read"),
        ('[shop]\nendpoind = "eu"\n', "Profile shop"),
        ('[shop]\nmarketplaces = ["Mars"]\n', "Profile shop"),
        ("shop = 1\n", "Profile shop"),
    ],
)
def test_a_file_that_is_wrong_says_where(user: Terminal, text: str, told: str) -> None:
    book(user).parent.mkdir()
    book(user).touch(0o600)
    book(user).write_text(text)
    ran = user("profiles", "list", "--json")
    assert (ran.code, ran.error["code"]) == (1, "Misconfigured")
    assert told in ran.error["message"]


def test_a_secrets_file_that_cannot_be_read_is_named(user: Terminal) -> None:
    user.done("profiles", "add", "shop", *SHOP, *files(user))
    (user.folder / "secret").unlink()
    ran = user("reports", "show", "1", "--profile", "shop")
    assert ran.code == 1
    assert "client_secret_file" in ran.err
    assert str(user.folder / "secret") in ran.err


def test_credentials_of_the_environment_are_no_settings(user: Terminal) -> None:
    having = user.having(DAYBOOK_CLIENT_ID="me", DAYBOOK_CLIENT_SECRET="x", DAYBOOK_REFRESH_TOKEN="y")
    having.done("accounts", "add", "--seller", "A1", "--name", "First", "--marketplace", "US")


def test_the_profiles_are_in_the_users_own_folder_unless_another_file_is_named(
    nowhere: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DAYBOOK_PROFILES", raising=False)
    user = nowhere.having(XDG_CONFIG_HOME=str(nowhere.folder / "config"), DAYBOOK_CLIENT_SECRET="x")
    user.having(DAYBOOK_REFRESH_TOKEN="y").done("profiles", "add", "shop", *SHOP)
    file = nowhere.folder / "config" / "daybook" / "profiles.toml"
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert os.access(file, os.R_OK)


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("na", "https://sellingpartnerapi-na.amazon.com"),
        ("EU", "https://sellingpartnerapi-eu.amazon.com"),
        ("fe-sandbox", "https://sandbox.sellingpartnerapi-fe.amazon.com"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
    ],
)
def test_an_endpoint_is_a_region_its_sandbox_or_a_url(endpoint: str, host: str) -> None:
    assert server_at(endpoint).endpoint == host


@pytest.mark.parametrize(
    "endpoint",
    ["", "mars", "eu-", "eu-mars", "ftp://host", "https://", "https://me:x@host", "http://[::1", "http://h:99999"],
)
def test_what_is_no_endpoint_is_refused_with_those_there_are(endpoint: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        server_at(endpoint)
    assert "eu-sandbox" in refused.value.details


def test_secrets_that_would_go_to_another_machine_in_the_clear_are_noticed() -> None:
    assert in_the_clear("http://reports.example")
    assert not in_the_clear("http://127.0.0.1:8000")
    assert not in_the_clear("https://reports.example")
    assert not in_the_clear("eu")


def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    """Files beside the profiles are named after them."""
    file = tmp_path / "profiles.toml"
    file.write_text('["../../shop"]\nendpoint = "na"\n')
    file.chmod(0o600)
    with pytest.raises(Misconfigured, match="is wrong"):
        ProfileBook(file).find("../../shop")
