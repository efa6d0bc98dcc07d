"""`daybook sandbox`, in a process of its own."""

from pathlib import Path

import httpx2

from daybook.sandbox.record import lines
from tests.cli.running import ran, running


def test_it_serves_until_it_is_told_to_end_and_goes_on_where_its_record_ends(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    form = {"grant_type": "refresh_token", "client_id": "c", "refresh_token": "Atzr|A1SHOP"}
    words = ("sandbox", "--port", 0, "--log", record, "--sync", "--client-secret", "right", "--json")
    for number, secret in enumerate(("right", "wrong"), 1):
        with running(tmp_path / "data", *words) as sandbox:
            url = sandbox.json()["url"]
            assert url.startswith("http://127.0.0.1:")
            got = httpx2.post(f"{url}/auth/o2/token", data={**form, "client_secret": secret}, trust_env=False)
            assert got.status_code == (200 if secret == "right" else 401)
            assert sandbox.end() == 0
        assert [line.number for line in lines(record)] == list(range(1, number + 1))


def test_a_mistake_in_its_scenarios_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "practice.toml"
    file.write_text("[[scenario]]\nrejektions = []\n")
    ended = ran(tmp_path / "data", "sandbox", "--port", 0, "--scenarios", file)
    assert ended.returncode == 1
    assert "practice.toml, line 2: scenario 1 is wrong, at rejektions" in ended.stderr
    assert "perhaps rejections is meant" in ended.stderr
