"""Zips of files that are given to others: whatever is a secret in one of them is masked."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime

from daybook.kernel.masking import masked


def zipped(files: Mapping[str, object], now: datetime) -> bytes:
    """The zip of texts, and of values as JSON, by their files' names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(_entry(name, now), _text(content))
    return packed.getvalue()


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _text(content: object) -> str:
    shown = masked(content)
    return shown if isinstance(shown, str) else json.dumps(shown, indent=2, ensure_ascii=False) + "\n"
