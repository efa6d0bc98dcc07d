"""The file of profiles: TOML, a table for each, that nobody else on the machine may read."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from daybook.accounts.marketplaces import marketplace_id
from daybook.cli.environment import CREDENTIALS, credential, secret_in
from daybook.kernel.errors import Conflict, InvalidInput, Misconfigured, NotFound, fault_of
from daybook.shapes import convert

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OTHERS = 0o077
_NAMED = "DAYBOOK_PROFILES names another file."


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One seller at one endpoint, and the application that asks there. A secret may be in a file that it names."""

    endpoint: str = ""
    seller: str = ""
    marketplaces: tuple[str, ...] = ()
    client_id: str = ""
    client_secret: str = ""
    client_secret_file: str = ""
    refresh_token: str = ""
    refresh_token_file: str = ""
    ca_file: str = ""

    def credential(self, name: str) -> str:
        """A credential: its own, that in the file it names, or that of the environment. Raises Misconfigured."""
        own = str(getattr(self, name))
        file = str(getattr(self, f"{name}_file", ""))
        return own or (secret_in(Path(file).expanduser(), f"{name}_file") if file else credential(name))

    def whereabouts(self, name: str) -> str:
        """Where the credential is, without telling it."""
        if getattr(self, name):
            return "in the profile"
        file = getattr(self, f"{name}_file", "")
        return f"in {file}" if file else f"in the environment, {CREDENTIALS[name]}"


class ProfileBook:
    """The profiles, by name."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def all(self) -> dict[str, Profile]:
        """Every profile. Raises Misconfigured where the file is open to others, or wrong."""
        if not self.file.exists():
            return {}
        if self.file.stat().st_mode & _OTHERS:
            raise Misconfigured(
                f"The profiles in {self.file} can be read by others on this machine.", f"chmod 600 {self.file}"
            )
        tables = self._tables()
        return {name: self._profile(name, table) for name, table in tables.items()}

    def find(self, name: str) -> Profile:
        """The profile. Raises NotFound."""
        found = self.all().get(name)
        if found is None:
            known = ", ".join(self.all()) or "none yet"
            raise NotFound(
                f"There is no profile {name!r} in {self.file}.", f"There are: {known}. `daybook profiles add` adds one."
            )
        return found

    def add(self, name: str, profile: Profile) -> None:
        """Adds one, at the file's end. Raises InvalidInput for a name that cannot be, Conflict for one taken."""
        if not _NAME.fullmatch(name):
            raise InvalidInput(f"A profile cannot be named {name!r}.", "Use letters, digits, hyphens and underscores.")
        if name in self.all():
            raise Conflict(f"There is a profile {name} already.", f"`daybook profiles remove {name}` removes it.")
        fields = msgspec.to_builtins(profile)
        lines = [f"[{name}]", *(f"{field} = {json.dumps(value)}" for field, value in fields.items())]
        before = self.file.read_text("utf-8").rstrip("\n") if self.file.exists() else ""
        self._write((f"{before}\n\n" if before else "") + "\n".join(lines) + "\n")

    def remove(self, name: str) -> None:
        """Removes one; what stands elsewhere in the file stays as it is. Raises NotFound."""
        self.find(name)
        lines = self.file.read_text("utf-8").splitlines()
        self._write("\n".join(_without(lines, name)).strip("\n") + "\n")
        if name in self.all():
            raise Misconfigured(f"Profile {name} is written in a way of its own.", f"Remove it from {self.file}.")

    def beside(self, name: str, ending: str) -> Path:
        """A file about the profile, beside the profiles."""
        return self.file.with_name(f"{name}.{ending}")

    def _tables(self) -> dict[str, object]:
        try:
            return tomllib.loads(self.file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise Misconfigured(f"The profiles in {self.file} cannot be read: {fault_of(error)}.", _NAMED) from error

    def _profile(self, name: str, table: object) -> Profile:
        if not _NAME.fullmatch(name):  # files beside this one are named after it
            raise Misconfigured(f"Profile {name!r} in {self.file} is wrong.", f"A name is of {_NAME.pattern}.")
        try:
            profile = convert(table, Profile)
            for one in profile.marketplaces:
                marketplace_id(one)
        except (msgspec.ValidationError, InvalidInput) as error:
            raise Misconfigured(f"Profile {name} in {self.file} is wrong.", str(error)) from error
        return profile

    def _write(self, text: str) -> None:
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self.file.with_name(f".{self.file.name}.draft")
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            draft.write_text(text, "utf-8")
            draft.replace(self.file)
        except OSError as error:
            raise Misconfigured(f"The profiles in {self.file} cannot be written: {fault_of(error)}.", _NAMED) from error


def _without(lines: list[str], name: str) -> Iterator[str]:
    """The lines but for those of the table."""
    inside = False
    for line in lines:
        if line.lstrip().startswith("["):
            inside = line.split("#")[0].strip() == f"[{name}]"
        if not inside:
            yield line
