"""`daybook profiles`: sellers at endpoints, by names of the user's own."""

from pathlib import Path
from typing import Annotated

import typer

from daybook.accounts.marketplaces import country
from daybook.cli.call import Call
from daybook.cli.commands import command, noun
from daybook.cli.environment import CREDENTIALS, credential, profiles_file
from daybook.cli.options import Marketplaces, SellerId, marketplace_ids, value_of
from daybook.cli.profiles.book import Profile, ProfileBook
from daybook.cli.profiles.servers import server_at
from daybook.cli.screen import facts, listing
from daybook.kernel.errors import Misconfigured

group = noun("Sellers at endpoints, Daybook's or Amazon's, for `daybook reports` and `daybook batches` with --profile.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The profile's name.")]
SecretFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Where it is read, each time. Otherwise it is asked for, and kept.")
]


@command(group)
def add(  # noqa: PLR0913  a command has an argument for each of its options
    call: Call,
    name: Name,
    *,
    endpoint: Annotated[str, typer.Option(metavar="URL", help="A Daybook's URL; or na, eu, fe, na-sandbox ...")],
    client_id: Annotated[str, typer.Option(metavar="ID", help="The application's client id.")],
    seller: SellerId,
    marketplace: Marketplaces = None,
    client_secret_file: SecretFile = None,
    refresh_token_file: SecretFile = None,
    ca_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Whose certificates to trust besides, in PEM.")
    ] = None,
) -> None:
    """Add a profile: a seller at an endpoint, and the application that asks there.

    Secrets are never on the command line: they are in the files that are named, or taken from the environment, or
    asked for.
    """
    with value_of("--endpoint"):
        server_at(endpoint)
    profile = Profile(
        endpoint=endpoint,
        seller=seller,
        marketplaces=marketplace_ids(marketplace or ()),
        client_id=client_id,
        client_secret=_kept(call, "client_secret", client_secret_file),
        client_secret_file=_path(client_secret_file),
        refresh_token=_kept(call, "refresh_token", refresh_token_file),
        refresh_token_file=_path(refresh_token_file),
        ca_file=_path(ca_file),
    )
    book = ProfileBook(profiles_file())
    book.add(name, profile)
    next_line = f"Next: daybook reports list --type TYPE --profile {name}"
    call.screen.answer(_content(name, profile), f"Profile {name} is in {book.file}.", next_line)


@command(group, "list")
def list_profiles(call: Call) -> None:
    """List the profiles."""
    found = ProfileBook(profiles_file()).all()
    rows = [(name, one.endpoint, one.seller, _countries(one)) for name, one in found.items()]
    shown = listing(("PROFILE", "ENDPOINT", "SELLER", "MARKETPLACES"), rows) if rows else "There are no profiles yet."
    call.screen.answer([_content(name, one) for name, one in found.items()], shown)


@command(group)
def show(call: Call, name: Name) -> None:
    """Show a profile, and where its secrets are; they themselves are never shown."""
    found = ProfileBook(profiles_file()).find(name)
    pairs: list[tuple[str, object]] = [
        ("Profile", name),
        ("Endpoint", found.endpoint),
        ("Seller", found.seller),
        ("Marketplaces", _countries(found)),
        ("Client id", found.client_id),
        ("Client secret", found.whereabouts("client_secret")),
        ("Refresh token", found.whereabouts("refresh_token")),
        ("Trusts", found.ca_file),
    ]
    call.screen.answer(_content(name, found), facts(pairs))


@command(group)
def remove(call: Call, name: Name) -> None:
    """Remove a profile, and what was written down about its reports; the reports stay where they are."""
    book = ProfileBook(profiles_file())
    book.remove(name)
    for ending in ("journal", "calls", "calls.1"):
        book.beside(name, ending).unlink(missing_ok=True)
    call.screen.answer({"profile": name, "removed": True}, f"Profile {name} is removed.")


def _kept(call: Call, name: str, file: Path | None) -> str:
    """The secret that is to stand in the profile: the environment's, or what is typed; empty where a file has it."""
    if file is not None:
        return ""
    found = credential(name)
    if not found and not call.screen.json and call.screen.err.is_terminal:
        found = str(typer.prompt(name.replace("_", " ").capitalize(), hide_input=True, err=True))
    if not found:
        option = f"--{name.replace('_', '-')}-file"
        raise Misconfigured(
            f"There is no {name.replace('_', ' ')}.", f"Give {option} FILE, or set {CREDENTIALS[name]}."
        )
    return found


def _countries(profile: Profile) -> str:
    return ", ".join(country(one) for one in marketplace_ids(profile.marketplaces))


def _path(file: Path | None) -> str:
    return str(file.absolute()) if file else ""


def _content(name: str, profile: Profile) -> dict[str, object]:
    return {
        "profile": name,
        "endpoint": profile.endpoint,
        "sellerId": profile.seller or None,
        "marketplaceIds": marketplace_ids(profile.marketplaces),
        "clientId": profile.client_id,
        "clientSecret": profile.whereabouts("client_secret"),
        "refreshToken": profile.whereabouts("refresh_token"),
        "caFile": profile.ca_file or None,
    }
