"""How people write down a receiver's authorisation: Walmart's authDetails, member by member."""

from collections.abc import Callable, Mapping

from daybook.kernel.errors import InvalidInput
from daybook.notifications.authorizations import Authorization, Basic, Hmac, OAuth, check_authorization

METHODS: Mapping[type[Authorization], str] = {Basic: "BASIC_AUTH", Hmac: "HMAC", OAuth: "OAUTH"}
HEADER = "Authorization"
"""Where the proof stands unless authHeaderName says otherwise."""

_MEMBERS = ("authMethod", "authHeaderName", "userName", "password", "clientId", "clientSecret", "authUrl")
_MAKERS: Mapping[str, Callable[[str, Mapping[str, str]], Authorization]] = {
    "BASIC_AUTH": lambda header, told: Basic(header, told.get("userName", ""), told.get("password", "")),
    "HMAC": lambda header, told: Hmac(header, told.get("clientSecret", "")),
    "OAUTH": lambda header, told: OAuth(
        header, told.get("authUrl", ""), told.get("clientId", ""), told.get("clientSecret", "")
    ),
}


def authorization_of(details: Mapping[str, str]) -> Authorization:
    """The authorisation that authDetails say.

    Raises InvalidInput where a member is unknown, missing or could smuggle; no value is told back.
    """
    strange = [name for name, value in details.items() if name not in _MEMBERS or not isinstance(value, str)]
    if strange:
        raise InvalidInput(f"authDetails have no {strange[0][:40]!r} that is text.", f"Members: {', '.join(_MEMBERS)}.")
    make = _MAKERS.get(details.get("authMethod", ""))
    if make is None:
        raise InvalidInput("The authMethod of authDetails is not known.", f"Methods: {', '.join(_MAKERS)}.")
    authorization = make(details.get("authHeaderName", HEADER), details)
    check_authorization(authorization)
    return authorization
