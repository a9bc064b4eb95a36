"""Two sellers and a draft on one database, started as a seller starts them."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bot.cli import new


def environment(**given: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
    return clean | {"PYTHONPATH": str(Path(__file__).parents[3]), "OKIENKO_TELEGRAM_MODE": "off", **given}


def okienko(folder: Path, *words: str, **given: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bot.cli", *words]
    return subprocess.run(
        command, cwd=folder, env=environment(**given), capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def started(folder: Path, *words: str, **given: str) -> Generator[str]:
    """Yield the address that the desk names; it ends as by Ctrl-C."""
    command = [sys.executable, "-m", "bot.cli", *words]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(**given), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        found = re.search(r"http://\S+(?=/)", said)
        assert found is not None, said
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def on(database: str, request: pytest.FixtureRequest) -> dict[str, str]:
    if database == "sqlite":
        return {}
    return {"OKIENKO_DATABASE_URL": request.getfixturevalue("postgres").replace("+psycopg", "")}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_another_seller_is_refused_until_the_database_is_given_to_it(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    given = on(database, request)
    with started(tmp_path, "run", "--port", "0", "--profile", "profiles/r2platnik", **given):
        pass
    other = ("run", "--port", "0", "--profile", "profiles/konto_insert")
    refused = okienko(tmp_path, *other, **given)
    assert refused.returncode == 1
    assert "belongs to the seller `r2platnik`, and this profile's id is `konto_insert`" in refused.stderr
    remedy = "OKIENKO_DATA_DIR=data/konto_insert" if database == "sqlite" else "okienko db profile konto_insert"
    assert remedy in refused.stderr
    assert "Traceback" not in refused.stderr

    assert okienko(tmp_path, "db", "profile", **given).stdout == "r2platnik\n"
    assert okienko(tmp_path, "db", "profile", "konto_insert", **given).stdout == "konto_insert\n"
    with started(tmp_path, *other, **given) as url:
        assert httpx.get(f"{url}/readyz", trust_env=False).status_code in {200, 503}
        assert okienko(tmp_path, "db", "profile", "r2platnik", **given).returncode == 1, "a desk is at work"


def test_a_draft_is_previewed_away_from_what_is_live(tmp_path: Path) -> None:
    live = tmp_path / "live.sqlite"
    (tmp_path / ".env").write_text(
        f"OKIENKO_DATABASE_URL=sqlite:///{live}\nOKIENKO_SANDBOX=off\nOKIENKO_PROFILE=profiles/vectra\n"
    )
    new.begin(tmp_path / "draft", ("pl",))
    with started(tmp_path, "preview", "draft", "--port", "0", OKIENKO_DATABASE_URL=f"sqlite:///{live}") as url:
        assert httpx.get(f"{url}/chat", trust_env=False).status_code == 200
        parts = ("page", "letter", "receipt", "launcher")
        looks = [httpx.get(f"{url}/sandbox/look/{part}", trust_env=False).text for part in parts]
        assert all("My Seller" in look for look in looks[:2])
        assert ("stamp" in looks[2], "okienko-chat" in looks[3]) == (True, True)
    assert not live.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "draft"]


def test_a_draft_with_a_mistake_is_told_as_check_tells_it(tmp_path: Path) -> None:
    assert "there is no folder nowhere" in okienko(tmp_path, "preview", "nowhere").stderr
    (tmp_path / "draft").mkdir()
    refused = okienko(tmp_path, "preview", "draft")
    assert refused.returncode == 1
    assert "profile.toml" in refused.stderr
    assert "Traceback" not in refused.stderr
