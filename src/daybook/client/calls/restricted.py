"""Restricted data tokens: what Amazon wants to see, instead of an access token, for documents with people's data."""

from typing import Annotated

import msgspec

from daybook.client.calls.calls import Call, Caller
from daybook.client.calls.tokens import VISIBLE, Tokens
from daybook.contract.operations import GET_REPORT_DOCUMENT, Operation


class RestrictedResources(msgspec.Struct):
    """What createRestrictedDataToken takes: for reports, the path of one document."""

    restrictedResources: list[dict[str, str]]


class RestrictedDataToken(msgspec.Struct):
    """What it gives."""

    restrictedDataToken: Annotated[str, msgspec.Meta(pattern=VISIBLE)]


def create_restricted_data_token(url: str) -> Operation:
    """The operation of the Tokens API 2021-03-01, at a place of its own: a sandbox has its tokens from production."""
    about = "Gives leave to fetch one restricted thing."
    return Operation("createRestrictedDataToken", "POST", url, 200, 1.0, 10, about, RestrictedDataToken)


class RestrictedTokens:
    """The tokens for one document."""

    def __init__(self, url: str, document_id: str, caller: Caller, access: Tokens) -> None:
        path = GET_REPORT_DOCUMENT.path.format_map({"reportDocumentId": document_id})
        body = RestrictedResources([{"method": GET_REPORT_DOCUMENT.method, "path": path}])
        self._call = Call(create_restricted_data_token(url), RestrictedDataToken, body=body)
        self._caller = caller
        self._access = access
        self._token = ""

    async def current(self) -> str:
        """A token for the document. Raises Refused, Unavailable, WrongAnswer."""
        self._token = self._token or (await self._caller.call(self._call, self._access)).restrictedDataToken
        return self._token

    def expired(self, token: str) -> None:
        """The server says so of this one."""
        if token == self._token:
            self._token = ""
