"""Secrets of known shapes, hidden wherever text or values leave the house: logs, error lines, support packs."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "***"

_NAME = re.compile(r"secret|password|authorization|signature|credential|(refresh|access)_?token", re.IGNORECASE)
_SHAPES = (
    r"(://)[^\s/@]+(?=@)",  # user and password of a database
    r"(\bAtz(?:[ar]|\.\w+)(?:\||%7C))[^\s\"'&,;<>]+",  # tokens
    r"(\bamzn1\.oa2-cs\.v1\.)[\w-]+",  # client secrets
    r"(\binb_)[\w-]+",  # receivers' URLs
    # links, forms
    r"((?:signature|credential|accesskeyid|security-token|_token|access-token|secret|password)=)[^\s&\"']+",
    r"((?:secret|password|_token|access-token)[\"']?: ?[\"']?)[^\s\"',;}]+",  # headers, JSON in text
    r"(authorization[\"']?: ?[\"']?(?:\w+ )?)[^\s\"',;}]+",
    r"(\b(?-i:Bearer|Basic) )[\w.~+/=-]+",
)
_TEXT = re.compile("|".join(_SHAPES), re.IGNORECASE)


def redacted(text: str) -> str:
    """The text without any secret of a shape that is known."""
    return _TEXT.sub(lambda found: f"{found[found.lastindex or 0]}{HIDDEN}", text)


def names_a_secret(name: str) -> bool:
    """Whether what bears this name is a secret, whatever its shape."""
    return _NAME.search(name) is not None


def masked(value: Any) -> Any:
    """The same mappings, lists and texts without secrets, by their shape or by their name."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {name: HIDDEN if one and names_a_secret(str(name)) else masked(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [masked(one) for one in value]
    return value
