"""A file that is there whole or not at all: written under another name, and renamed at its end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from daybook.kernel.errors import InvalidInput


@contextmanager
def drafted(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which takes the path's name if all goes well, and is removed if not.

    Raises InvalidInput where it cannot be written.
    """
    # Of its own, and short: the path's name may be as long as one can be.
    draft = path.with_name(f".daybook.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with draft.open("xb") as file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise InvalidInput(f"The file {path} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
