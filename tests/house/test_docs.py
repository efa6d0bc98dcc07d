"""The docs cannot lag behind the code."""

import re
from pathlib import Path

import msgspec
import pytest

from daybook.config import PREFIX, Settings
from daybook.kernel import errors
from tests.house.tree import ROOT
from tools import docs


@pytest.mark.parametrize("page", docs.pages(), ids=lambda page: page.name)
def test_what_a_page_draws_from_the_code_is_as_the_code_has_it(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text == docs.draw(text), f"{page.name} lags behind; run: .venv/bin/python -m tools.docs"


def test_every_part_that_can_be_drawn_is_on_a_page() -> None:
    text = "".join(page.read_text("utf-8") for page in docs.pages())
    assert [name for name in docs.PARTS if f"<!-- drawn: {name} -->" not in text] == []


def test_every_error_code_has_an_entry() -> None:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    codes = {value for kind in vars(errors).values() if isinstance(value := getattr(kind, "code", None), str)}
    assert "InternalFailure" in codes
    assert [code for code in codes if f"| `{code}` |" not in text] == []


def test_every_setting_has_an_entry_with_its_default_and_nothing_else_has_one() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    entries = dict(re.findall(r"^\| `(\w+)` \| (?:`(.+?)` )?\| .+\. \|$", text, re.MULTILINE))
    fields = msgspec.structs.fields(Settings)
    assert entries == {PREFIX + field.name.upper(): str(field.default or "") for field in fields}


def test_a_page_that_asks_for_what_nobody_draws_is_refused() -> None:
    with pytest.raises(KeyError, match="weather"):
        docs.draw("<!-- drawn: weather -->\n<!-- end -->")
