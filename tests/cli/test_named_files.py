"""A file that somebody named, and that cannot be read: which it is, who named it, why not, and what to do."""

from pathlib import Path

import pytest

from daybook.kernel.errors import fault_of
from tests.cli.typing_in import Shop

OF = ("--seller", "A1SHOP")
URL = "https://erp.example/"
PROFILE = 'endpoint = "na"\nseller = "A1"\nmarketplaces = ["US"]\nclient_id = "c"\nclient_secret = "s"\n'


@pytest.mark.parametrize(
    ("variables", "words", "named_by"),
    [
        ({"DAYBOOK_AMAZON_FILE": "{file}"}, ("accounts", "list"), "DAYBOOK_AMAZON_FILE"),
        ({"DAYBOOK_DATABASE_URL_FILE": "{file}"}, ("accounts", "list"), "set DAYBOOK_DATABASE_URL to it"),
        ({"DAYBOOK_CLIENT_ID_FILE": "{file}"}, ("reports", "list", "--endpoint", "na", *OF), "DAYBOOK_CLIENT_ID_FILE"),
        ({}, ("listen", "--secret-file", "{file}"), "--secret-file"),
        ({}, ("destinations", "add", URL, *OF, "--secret-file", "{file}"), "--secret-file -"),
        ({}, ("destinations", "add", URL, *OF, "--auth", "{file}"), "--auth -"),
        ({}, ("inbound", "add", *OF, "--auth", "{file}"), "--auth -"),
        ({}, ("accounts", "list", "--config", "{file}"), "--config"),
        ({}, ("serve", "--port", "0", "--scenarios", "{file}"), "DAYBOOK_SCENARIOS"),
        ({}, ("serve", "--port", "0", "--no-worker", "--tls-cert", "{file}", "--tls-key", "{file}"), "--tls-cert"),
        ({"DAYBOOK_PROFILES": "{profiles}"}, ("reports", "list", "--profile", "trusting"), "ca_file"),
        ({"DAYBOOK_PROFILES": "{profiles}"}, ("reports", "list", "--profile", "secret"), "refresh_token_file"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_name_and_without_numbers(
    shop: Shop, tmp_path: Path, variables: dict[str, str], words: tuple[str, ...], named_by: str
) -> None:
    file, profiles = tmp_path / "nowhere", tmp_path / "profiles.toml"
    trusting = f'[trusting]\n{PROFILE}refresh_token = "r"\nca_file = "{file}"\n'
    profiles.write_text(f'{trusting}[secret]\n{PROFILE}refresh_token_file = "{file}"\n')
    profiles.chmod(0o600)
    names = {"file": str(file), "profiles": str(profiles)}
    terminal = shop.terminal.having(**{name: value.format_map(names) for name, value in variables.items()})
    ran = terminal(*(word.format_map(names) for word in words))
    assert ran.code == 1
    assert f"{file}" in ran.err
    assert "No such file or directory." in ran.err
    assert named_by in ran.err
    assert "Errno" not in ran.err


def test_a_file_that_is_no_text_is_told_without_a_codec(shop: Shop) -> None:
    file = shop.terminal.write("secret", b"\xff\xfe")
    ran = shop.terminal("destinations", "add", URL, *OF, "--secret-file", file)
    assert f"The file {file}, which --secret-file names, cannot be read: it is not UTF-8 (byte 0)." in ran.err


def test_a_certificate_and_a_key_that_are_none_are_told_apart_from_those_that_are_not_there(shop: Shop) -> None:
    file = shop.terminal.write("cert.pem", "none")
    ran = shop.terminal("serve", "--port", "0", "--no-worker", "--tls-cert", file, "--tls-key", file)
    assert "are no certificate in PEM and its own key." in ran.err


def test_what_the_machine_says_nothing_of_is_told_as_python_has_it() -> None:
    assert fault_of(OSError("it broke")) == "it broke"
