"""Which URLs of a user's may be called: the guard against requests into our own network.

A URL is parsed once, here, by rules that are narrower than any library's; its name is resolved once; every answer must
be public; and the sender dials an address that was vetted, never the name. What is odd is refused rather than read in
the kindest way, since another reader may read it in another.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import quote

from daybook.kernel.errors import InvalidInput, Misconfigured, fault_of
from daybook.notifications.networks import Address, Network, address_of, is_public

Resolver = Callable[[str, int], Sequence[str]]
"""The addresses of a name, for a port. Raises OSError where there is no answer."""

LONGEST_URL = 2048
LONGEST_NAME = 253
LOWEST_FREE_PORT, HIGHEST_PORT = 1024, 65535
WEB_PORTS = {"http": 80, "https": 443}
SERVICE_PORTS = frozenset({
    1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5432, 5433, 5672, 5900, 5984, 5985, 5986, 6000,
    6379, 6380, 6443, 7000, 7001, 7473, 7474, 7687, 8086, 8500, 8529, 9042, 9092, 9160, 9200, 9300, 9418, 10250, 10255,
    11211, 15672, 26257, 27017, 27018, 27019,
})  # fmt: skip
"""Ports of databases, brokers and machines' own services, at which no receiver of notifications listens."""

_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\xad\\\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
_URL = re.compile(r"(https?)://([^/?#]*)([^#]*)(?:#.*)?", re.IGNORECASE | re.ASCII)
_BRACKETED = re.compile(r"\[([0-9a-f]*:[0-9a-f:.]*)\](?::([0-9]{1,5}))?", re.IGNORECASE | re.ASCII)
_NAMED = re.compile(r"([^:\[\]@%]+)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class UnsafeUrl(InvalidInput):
    """A URL that may not be called, now or later: it has to be changed."""


class UnknownHost(InvalidInput):
    """A name for which there is no address now; there may be one later."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A URL's parts as they are used: `host` in ASCII and lower case, without brackets; `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        """The URL again, without a fragment."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def authority(self) -> str:
        """What a Host header says: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == WEB_PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Vetted:
    """A URL that may be called, at these addresses alone."""

    parsed: Parsed
    addresses: tuple[str, ...]

    @property
    def url(self) -> str:
        """The URL."""
        return self.parsed.url


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator opens besides the public internet: networks by CIDR, and ports."""

    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset()

    def allows(self, address: Address) -> bool:
        """Whether the operator's list has the address."""
        return any(address.version == network.version and address in network for network in self.networks)


def read_policy(networks: str, ports: str) -> Policy:
    """An operator's two lists, each joined by commas: networks by CIDR, and ports. Raises Misconfigured."""
    try:
        listed = tuple(ip_network(network) for network in _items(networks))
    except ValueError as error:
        raise Misconfigured(
            f"DAYBOOK_DESTINATION_NETWORKS is wrong: {error}.", "It is a list such as 10.1.0.0/16,fd00:1::/32."
        ) from error
    opened = _items(ports)
    if not all(_PORT.fullmatch(port) and 0 < int(port) <= HIGHEST_PORT for port in opened):
        raise Misconfigured(f"DAYBOOK_DESTINATION_PORTS is {ports[:60]!r}.", "It is a list such as 8069,9200.")
    return Policy(listed, frozenset(map(int, opened)))


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def system_resolver(name: str, port: int) -> list[str]:
    """What the machine's own resolver answers. Raises OSError."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(answer[4][0]) for answer in found]


class Guard:
    """Vets URLs. The resolver is asked once for each."""

    def __init__(self, policy: Policy | None = None, resolver: Resolver = system_resolver) -> None:
        self._policy = policy or Policy()
        self._resolver = resolver

    def vet(self, url: str) -> Vetted:
        """The URL with the addresses at which it may be called. Raises UnsafeUrl, UnknownHost."""
        return self.vet_parsed(self.parse(url))

    def parse(self, url: str) -> Parsed:
        """The URL's parts, nothing resolved yet. Raises UnsafeUrl."""
        parsed = parse(url)
        _check_port(parsed, self._policy.ports)
        return parsed

    def vet_parsed(self, parsed: Parsed) -> Vetted:
        """As `vet`, for what `parse` gave."""
        return self.judge(parsed, [parsed.host] if is_literal(parsed.host) else self.resolve(parsed))

    def resolve(self, parsed: Parsed) -> Sequence[str]:
        """What the name's servers answer. Raises UnknownHost."""
        try:
            answers = self._resolver(parsed.host, parsed.port)
        except (OSError, UnicodeError) as error:
            raise _unknown(parsed.host, f"{fault_of(error)}.") from error
        if not answers:
            raise _unknown(parsed.host, "The name has no address.")
        return answers

    def judge(self, parsed: Parsed, answers: Sequence[str]) -> Vetted:
        """The verdict on a name's addresses: one that is not public condemns them all. Raises UnsafeUrl."""
        addresses = [self._permitted(parsed, answer) for answer in dict.fromkeys(answers)]
        return Vetted(parsed, tuple(str(address) for address in addresses))

    def _permitted(self, parsed: Parsed, answer: str) -> Address:
        try:
            address = address_of(answer)
        except ValueError as error:
            raise UnsafeUrl(f"The address of {parsed.host} cannot be read: {answer[:60]!r}.") from error
        if not is_public(address) and not self._policy.allows(address):
            shown = "is" if is_literal(parsed.host) else f"stands for {address}, which is"
            raise UnsafeUrl(
                f"{parsed.host} {shown} not an address of the public internet.",
                "Give a public URL, or let the operator list its network in DAYBOOK_DESTINATION_NETWORKS.",
            )
        return address


def is_literal(host: str) -> bool:
    """Whether a parsed host is an address rather than a name."""
    return ":" in host or host.rpartition(".")[2].isdigit()


def parse(url: str) -> Parsed:
    """The parts of an http or https URL. Raises UnsafeUrl for whatever two readers could read in two ways."""
    if len(url) > LONGEST_URL:
        raise UnsafeUrl(f"The URL is longer than {LONGEST_URL} characters.", f"It has {len(url)}.")
    odd = _ODD.search(url)
    if odd:
        raise UnsafeUrl(
            f"The URL has a character that no URL has: {odd[0]!r}.",
            f"At character {odd.start() + 1}; percent-encode it.",
        )
    found = _URL.fullmatch(url)
    if found is None:
        raise UnsafeUrl(f"{url[:60]!r} is no URL that can be called.", "It begins with https:// or http:// and a host.")
    scheme, authority, target = found[1].lower(), found[2], found[3]
    host, port = _host_and_port(authority)
    path = target if target.startswith("/") else f"/{target}"
    return Parsed(scheme, host, WEB_PORTS[scheme] if port is None else port, quote(path, safe=_PRINTABLE))


def _host_and_port(authority: str) -> tuple[str, int | None]:
    if "@" in authority:
        raise UnsafeUrl(
            "The URL has a name or a password in it.", "Leave it out, and give the destination authDetails."
        )
    bracketed = _BRACKETED.fullmatch(authority)
    if bracketed is not None:
        return _address_v6(bracketed[1]), _number(bracketed[2])
    named = _NAMED.fullmatch(authority)
    if named is None:
        raise UnsafeUrl(
            f"{authority[:80]!r} is no host, nor a host and a port.", "Write, for example, https://hooks.example.com/."
        )
    return _host(named[1]), _number(named[2])


def _number(port: str | None) -> int | None:
    return None if port is None else int(port)


def _address_v6(text: str) -> str:
    try:
        return str(address_of(text))
    except ValueError as error:
        raise UnsafeUrl(f"[{text[:60]}] is no IPv6 address.") from error


def _host(text: str) -> str:
    name = _ascii(text.lower()).removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _address_v4(name)
    if len(name) > LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise UnsafeUrl(f"{text[:80]!r} is no name of a host.", "Its parts are letters, digits and hyphens.")
    return name


def _address_v4(text: str) -> str:
    """Four decimal numbers; resolvers also read octal, hexadecimal and shorter forms, and not all in the same way."""
    try:
        return str(address_of(text))
    except ValueError as error:
        raise UnsafeUrl(f"{text[:60]} is no IPv4 address.", "Write it as four decimal numbers, or a name.") from error


def _ascii(name: str) -> str:
    """A name in other letters, as name servers know it.

    Only what comes back the same is taken: a character that stands for another (a full-width digit, a circled letter,
    another alphabet's dot) is refused.
    """
    if name.isascii():
        return name
    try:
        encoded = name.encode("idna").decode()
        same = encoded.encode().decode("idna") == name
    except UnicodeError:
        encoded, same = "", False
    if not same:
        raise UnsafeUrl(f"The name {name[:60]!r} has a character that no name has.", "Write it in ASCII: xn--...")
    return encoded


def _check_port(parsed: Parsed, opened: frozenset[int]) -> None:
    port = parsed.port
    usual = port in WEB_PORTS.values() or (LOWEST_FREE_PORT <= port <= HIGHEST_PORT and port not in SERVICE_PORTS)
    if not usual and port not in opened:
        raise UnsafeUrl(
            f"Port {port} is not one at which notifications are received.",
            "Use 80, 443, or one from 1024 that no well-known service has; the operator may open others.",
        )


def _unknown(host: str, reason: str) -> UnknownHost:
    return UnknownHost(f"The host {host} was not found.", reason)
