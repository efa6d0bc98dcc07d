"""Which URLs may be called, and at which addresses."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_network

import pytest

from daybook.kernel.errors import Misconfigured
from daybook.notifications.answers import Answer, ErrorClass
from daybook.notifications.guard import LONGEST_URL, Guard, Policy, UnknownHost, UnsafeUrl, parse, read_policy
from daybook.notifications.networks import address_of, is_public
from daybook.notifications.outgoing import Outgoing
from daybook.notifications.sender.sender import Sender
from tests.notifications.urls import Case, cases, watching

PUBLIC = "93.184.215.14"


def of(case: Case) -> str:
    return f"{case.kind} {case.url[:60]!a}"


def guard(*answers: str, policy: Policy | None = None) -> Guard:
    return Guard(policy, resolver=lambda name, port: answers)


class Shifting:
    """A name server that answers something else each time."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def __call__(self, name: str, port: int) -> Sequence[str]:
        return [self.answers.pop(0)]


@pytest.fixture
def shifting() -> Iterator[tuple[Shifting, Sender]]:
    resolver = Shifting(PUBLIC, "169.254.169.254", PUBLIC)
    sender = Sender(Guard(resolver=resolver))
    yield resolver, sender
    sender.close()


class Called:
    """A sender whose name server knows the case at hand."""

    def __init__(self) -> None:
        self.case: Case
        self.sender = Sender(Guard(resolver=self._resolve))

    def _resolve(self, name: str, port: int) -> Sequence[str]:
        return self.case.resolver(name, port)

    def __call__(self, case: Case) -> tuple[Answer, list[str]]:
        """The answer for the case's URL, and the hosts that were dialled for it."""
        self.case = case
        with watching() as dialled:
            answer = self.sender.send(Outgoing(case.url, b"{}"))
        return answer, dialled


@pytest.fixture(scope="module")
def called() -> Iterator[Called]:
    called = Called()
    yield called
    called.sender.close()


@pytest.mark.parametrize("case", cases("refused"), ids=of)
def test_an_unsafe_url_is_refused_and_nothing_is_connected(called: Called, case: Case) -> None:
    answer, dialled = called(case)
    assert (answer.error, dialled) == (ErrorClass.UNSAFE, [])
    assert answer.detail.endswith(".")


@pytest.mark.parametrize("case", cases("dialled"), ids=of)
def test_a_safe_url_is_called_at_the_addresses_of_its_name(called: Called, case: Case) -> None:
    _, dialled = called(case)
    assert dialled
    assert all(is_public(address_of(address)) for address in dialled)
    if case.answers != "-":
        assert dialled == [str(address_of(answer)) for answer in case.answers.split(",")]


@pytest.mark.parametrize("case", cases("unknown"), ids=of)
def test_a_name_without_an_address_is_not_unsafe_for_it_may_get_one(case: Case) -> None:
    with pytest.raises(UnknownHost, match=r"example\.test was not found"):
        Guard(resolver=case.resolver).vet(case.url)


def test_the_corpus_is_as_large_as_it_was() -> None:
    assert (len(cases("refused")), len(cases("dialled")), len(cases("unknown"))) == (262, 38, 2)


def test_a_name_that_changes_to_a_private_address_is_refused_by_its_next_attempt(
    shifting: tuple[Shifting, Sender],
) -> None:
    resolver, sender = shifting
    with watching() as dialled:
        errors = [sender.send(Outgoing("http://rebind.example.test/", b"")).error for _ in range(3)]
    assert errors == [ErrorClass.REFUSED, ErrorClass.UNSAFE, ErrorClass.REFUSED]
    assert dialled == [PUBLIC, PUBLIC]
    assert resolver.answers == []  # each attempt asked once


def test_the_reason_names_the_host_and_the_cure_but_not_the_path() -> None:
    with pytest.raises(UnsafeUrl) as refused:
        guard("10.0.0.5").vet("https://erp.example.test/secret-path")
    assert (
        refused.value.message == "erp.example.test stands for 10.0.0.5, which is not an address of the public internet."
    )
    assert refused.value.details == (
        "Give a public URL, or let the operator list its network in DAYBOOK_DESTINATION_NETWORKS."
    )


def test_a_network_that_the_operator_lists_may_be_called() -> None:
    policy = Policy((ip_network("10.1.0.0/16"), ip_network("fd00:1::/32")))
    vetted = guard("10.1.2.3", "fd00:1::9", policy=policy).vet("http://erp/")
    assert vetted.addresses == ("10.1.2.3", "fd00:1::9")


@pytest.mark.parametrize("outside", ["10.2.0.1", "169.254.169.254", "::1"])
def test_a_listed_network_opens_nothing_else(outside: str) -> None:
    policy = Policy((ip_network("10.1.0.0/16"),))
    with pytest.raises(UnsafeUrl, match=outside):
        guard("10.1.2.3", outside, policy=policy).vet("http://erp/")


def test_a_port_that_the_operator_opens_may_be_called() -> None:
    url = "https://hooks.example.com:5432/"
    with pytest.raises(UnsafeUrl, match="Port 5432"):
        guard(PUBLIC).vet(url)
    assert guard(PUBLIC, policy=Policy(ports=frozenset({5432}))).vet(url).parsed.port == 5432


def test_an_operators_lists_are_joined_by_commas() -> None:
    read = read_policy(" 10.1.0.0/16, fd00:1::/32,10.9.9.9,", "8069, 22")
    assert read.networks == (ip_network("10.1.0.0/16"), ip_network("fd00:1::/32"), ip_network("10.9.9.9/32"))
    assert read.ports == {8069, 22}
    assert read_policy("", "") == Policy()


@pytest.mark.parametrize(
    ("networks", "ports", "told"),
    [
        ("10.1.0.1/16", "", "DAYBOOK_DESTINATION_NETWORKS is wrong: 10.1.0.1/16 has host bits set"),
        ("erp.example.test", "", "DAYBOOK_DESTINATION_NETWORKS is wrong: 'erp.example.test'"),
        ("", "http", "DAYBOOK_DESTINATION_PORTS is 'http'"),
        ("", "0", "DAYBOOK_DESTINATION_PORTS"),
        ("", "65536", "DAYBOOK_DESTINATION_PORTS"),
    ],
)
def test_a_list_with_a_mistake_in_it_is_refused(networks: str, ports: str, told: str) -> None:
    with pytest.raises(Misconfigured, match=told):
        read_policy(networks, ports)


@pytest.mark.parametrize(
    ("url", "authority", "target"),
    [
        ("https://HOOKS.Example.com", "hooks.example.com", "/"),
        ("https://hooks.example.com:443?a=b#c", "hooks.example.com", "/?a=b"),
        ("http://hooks.example.com:8080/x%20y?q=1/2", "hooks.example.com:8080", "/x%20y?q=1/2"),
        ("https://hooks.example.com./café", "hooks.example.com", "/caf%C3%A9"),
        ("https://bücher.example/", "xn--bcher-kva.example", "/"),
        ("https://[2606:4700:4700:0::1111]:8443/", "[2606:4700:4700::1111]:8443", "/"),
        ("https://[::ffff:1.1.1.1]/", "1.1.1.1", "/"),
    ],
)
def test_a_url_is_read_into_what_is_sent(url: str, authority: str, target: str) -> None:
    parsed = parse(url)
    assert (parsed.authority, parsed.target) == (authority, target)
    assert parse(parsed.url) == parsed


def test_a_url_has_a_longest_length() -> None:
    url = "https://hooks.example.com/".ljust(LONGEST_URL, "x")
    assert len(parse(url).url) == LONGEST_URL
    with pytest.raises(UnsafeUrl, match="longer than 2048"):
        parse(url + "x")


def test_the_edges_of_every_network_that_is_not_public_are_not() -> None:
    for network in [ip_network("10.0.0.0/8"), ip_network("100.64.0.0/10"), ip_network("172.16.0.0/12")]:
        assert [is_public(network[0]), is_public(network[-1])] == [False, False]
        assert [is_public(network[0] - 1), is_public(network[-1] + 1)] == [True, True]
