"""Sealed values: secrets that must be read again, such as those that sign notifications.

A value is sealed with AES-256-GCM under a key from the key file, and bound to an identity: whose it is, down to its
row. A sealed text that is put into another row does not open. The key's id stands before it, so that keys can be
rotated: `s1.KEY.BASE64`.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daybook.accounts.ports import SealedPort
from daybook.kernel.errors import Misconfigured
from daybook.kernel.ids import Randomness
from daybook.kernel.keys import Keys

PURPOSE = "sealing"
VERSION = "s1"
_NONCE_BYTES = 12
_ID_DIGITS = 12
_AT_ONCE = 500


class Seals:
    """Seals with the newest key, and opens with every key there is.

    Another process may rotate the file meanwhile: it is read again before a value is sealed, which is rare, and where a
    key is unknown.
    """

    def __init__(
        self, keys: Keys, reread: Callable[[], Keys] | None = None, randomness: Randomness = secrets.token_bytes
    ) -> None:
        self._reread = reread
        self._randomness = randomness
        self._use(keys)

    @property
    def beginning(self) -> str:
        """What every text begins with that the newest key has sealed."""
        return f"{VERSION}.{self._newest}."

    def seal(self, identity: str, plain: bytes) -> str:
        """The sealed text of a value, for an identity such as `destination/SELLER/ID`."""
        self._read_again()
        nonce = self._randomness(_NONCE_BYTES)
        sealed = nonce + self._keys[self._newest].encrypt(nonce, plain, identity.encode())
        return self.beginning + base64.b64encode(sealed).decode()

    def open(self, identity: str, sealed: str) -> bytes:
        """The value. Raises Misconfigured where its key is not in the file, or the text is not what was sealed."""
        version, _, rest = sealed.partition(".")
        key_id, _, text = rest.partition(".")
        if version != VERSION or not text:
            raise _damaged(identity)
        try:
            content = _decoded(text)
            return self._key(key_id, identity).decrypt(
                content[:_NONCE_BYTES], content[_NONCE_BYTES:], identity.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise _damaged(identity) from error

    def _key(self, key_id: str, identity: str) -> AESGCM:
        if key_id not in self._keys:
            self._read_again()
        if key_id not in self._keys:
            raise Misconfigured(
                f"The secret of {identity} was sealed with a key that is not in the key file.",
                f"Put back the key file that has the key {key_id}; or remove what has the secret, and add it anew.",
            )
        return self._keys[key_id]

    def _read_again(self) -> None:
        if self._reread is not None:
            self._use(self._reread())

    def _use(self, keys: Keys) -> None:
        every = keys.every(PURPOSE)
        self._keys = {_id(key): AESGCM(key) for key in every}
        self._newest = _id(every[0])


def reseal(tx: SealedPort, seals: Seals) -> tuple[int, int]:
    """Seals some of what older keys have sealed with the newest one: how many there were, and how many are done.

    What somebody else changes meanwhile is left as they have it. Call it until there are none.
    """
    found = tx.sealed_values(seals.beginning, _AT_ONCE)
    done = [tx.replace_sealed(old, seals.seal(old.identity, seals.open(old.identity, old.text))) for old in found]
    return len(found), sum(done)


def _decoded(text: str) -> bytes:
    """The bytes of the one text that stands for them: base64 alone would pass over its last bits."""
    content = base64.b64decode(text, validate=True)
    if base64.b64encode(content).decode() != text:
        raise ValueError("its last bits were changed")
    return content


def _id(key: bytes) -> str:
    return hashlib.sha256(b"id of " + key).hexdigest()[:_ID_DIGITS]


def _damaged(identity: str) -> Misconfigured:
    return Misconfigured(
        f"The secret of {identity} does not open: it is not what was sealed there.",
        "Remove what has it, and add it anew.",
    )
