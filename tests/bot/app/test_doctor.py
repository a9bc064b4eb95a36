"""`okienko doctor`: each thing that can be wrong with a desk is told with its remedy; nothing is written or asked.

While the desk's key is replaced, what browsers, messengers and assistants still have of the former one is known.
"""

import asyncio
import json
import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from typer.testing import CliRunner

from bot.app.doctor.findings import Finding, Level
from bot.app.doctor.machine_checks import clock_findings
from bot.app.rasa import desk_address
from bot.app.ready import SELLER
from bot.app.secret_key import key_of, read_given_key
from bot.app.settings import OwnSettings, Settings
from bot.cli import build
from bot.cli.doctor import examine
from bot.cli.new import TEMPLATE
from bot.conversation.identity import marked_id
from bot.conversation.inbound import Inbound, Text
from bot.conversation.understanding import digest, is_digest
from bot.handlers.console.cookies import DeskCookies
from bot.handlers.rasa import sender_of
from bot.web.pages import Site
from services import key_change
from services.agents import agent_accounts, identities
from services.clock import SystemClock
from services.keyed_hash import ServerKey
from services.payments import book
from services.store import installation_rows, migrate
from services.store.database import inspect_database, open_store, parse_url, server_time
from services.store.tables.core import journal
from tests.architecture.rooms import ROOT
from tests.kit.rows import each_row
from values.channel import Channel

KEY, TOKEN = "k3y-of-a-desk-that-is-live-0123456789", "t0ken-of-a-desk-that-is-live-0123456789"
LIVE = {
    "PROFILE": str(TEMPLATE),
    "SANDBOX": "off",
    "SECRET_KEY": KEY,
    "API_TOKEN": TOKEN,
    "REST": "on",
    "REST_TOKEN": TOKEN,
    "PUBLIC_URL": "https://desk.bursztyn.pl",
    "SMTP_HOST": "smtp.bursztyn.pl",
    "SMTP_USER": "desk",
    "SMTP_PASSWORD": "canary-password",
    "SMTP_FROM": "Bursztyn <desk@bursztyn.pl>",
    "SMSAPI_TOKEN": "canary-sms",
    "PRZELEWY24_MERCHANT_ID": "1",
    "PRZELEWY24_API_KEY": "canary-p24",
    "PRZELEWY24_CRC": "canary-crc",
    "PAYPAL_CLIENT_ID": "canary-id",
    "PAYPAL_CLIENT_SECRET": "canary-paypal",
    "PAYPAL_WEBHOOK_ID": "1",
}
NOW = SystemClock().now()
Look = Callable[..., list[Finding]]


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Return the findings with these settings alone, in a folder of its own."""
    for name in [one for one in os.environ if one.startswith("OKIENKO_")]:
        monkeypatch.delenv(name)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(socket.socket, "connect", _nobody)

    def looked(settings: dict[str, str], now: datetime | None = None) -> list[Finding]:
        for name, value in {"DATA_DIR": str(tmp_path / "data"), **settings}.items():
            monkeypatch.setenv(f"OKIENKO_{name}", value)
        return [*examine({}, now or SystemClock().now())]

    return looked


def _nobody(*_address: object) -> None:
    raise AssertionError("somebody was asked")


def told(found: list[Finding], check: str, *levels: Level) -> str:
    """Return the findings of it that are wrong or doubtful, with their remedies."""
    chosen = [one for one in found if one.check == check and one.level in (levels or (Level.WRONG, Level.WARNING))]
    assert all(one.remedy for one in chosen if one.level is Level.WRONG and "is the publishable" not in one.what)
    return " | ".join(f"{one.level}: {one.what} → {one.remedy}" for one in chosen)


def wrongs(found: list[Finding]) -> list[str]:
    return [one.what for one in found if one.level is Level.WRONG]


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A desk's database, as its first live start leaves it."""
    (tmp_path / "data").mkdir(mode=0o700)
    url = f"sqlite:///{tmp_path}/data/okienko.sqlite"
    migrate.upgrade(url)
    change(url, lambda c: installation_rows.replace_value(c, SELLER, "my_seller"))
    change(url, lambda c: key_change.take_key(c, ServerKey(KEY.encode()), SystemClock().now()))
    return url


def change(url: str, work: Callable[[sa.Connection], object]) -> None:
    engine = sa.create_engine(parse_url(url))
    with engine.begin() as connection:
        work(connection)
    engine.dispose()


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_a_sandbox_that_nothing_is_set_for_is_well(look: Look, tmp_path: Path) -> None:
    assert {one.level for one in look({"PROFILE": str(TEMPLATE)})} == {Level.OK}
    assert not (tmp_path / "data").exists()


def test_live_desk_is_well_but_for_its_agents_and_nothing_is_written(look: Look, database: str, tmp_path: Path) -> None:
    before, found = snapshot(tmp_path), look(LIVE)
    assert wrongs(found) == []
    assert told(found, "agents").startswith("warning: nobody may answer customers at /desk → Say `okienko agent add")
    assert [one.what for one in found if one.level is Level.WARNING] == ["nobody may answer customers at /desk"]
    said = {one.check: one.what for one in found if one.level is Level.OK}
    assert said["key"] == "OKIENKO_SECRET_KEY fits the database"
    assert "https://desk.bursztyn.pl/webhooks/payments/paypal (must stand in its panel)" in said["webhook"]
    assert snapshot(tmp_path) == before
    change(database, lambda c: agent_accounts.add(c, agent_id="a", login="ola", name="Ola", role="agent", now=NOW))
    assert told(look(LIVE), "agents") == ""


def test_a_database_at_which_a_desk_is_at_work_is_read_beside_it(look: Look, database: str, tmp_path: Path) -> None:
    desk = sqlite3.connect(tmp_path / "data/okienko.sqlite")
    desk.execute("INSERT INTO installation VALUES ('a', 'b')")
    desk.commit()  # its log lies beside the file while it is open
    assert (tmp_path / "data/okienko.sqlite-wal").exists()
    assert wrongs(look(LIVE)) == []
    desk.close()


@each_row
def test_a_setting_that_is_wrong(look: Look, settings: dict[str, str], check: str, says: str) -> None:
    found = look({**LIVE, **settings})
    assert says in told(found, check)
    assert "canary" not in str(found)
    assert KEY not in str(found)


def test_keys_for_tests_beside_live_ones(look: Look, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(TEMPLATE, tmp_path / "mine"))
    text = (mine / "profile.toml").read_text("utf-8")
    (mine / "profile.toml").write_text(text.replace("[password]", '[providers]\ncard = "stripe"\n[password]'), "utf-8")
    stripe = {"PROFILE": str(mine), "STRIPE_SECRET_KEY": "sk_test_canary", "STRIPE_WEBHOOK_SECRET": "whsec_canary"}
    found = look({**LIVE, **stripe})
    assert "wrong: Stripe is set for tests while Przelewy24 and PayPal takes real money" in told(found, "providers")
    assert "OKIENKO_STRIPE_SECRET_KEY is a key for tests → Nobody is charged" in told(found, "settings")
    assert "canary" not in str(found)


def test_a_profile_with_mistakes_is_told_by_line_and_the_rest_is_looked_at(look: Look, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(TEMPLATE, tmp_path / "mine"))
    text = (mine / "profile.toml").read_text("utf-8")
    (mine / "profile.toml").write_text(text.replace("vat_percent = 23", "vat_percent = 230"), "utf-8")
    found = look({**LIVE, "PROFILE": str(mine)})
    assert told(found, "profile").startswith(f"wrong: {mine}/profile.toml:7: vat_percent: “230” is too much → Write 50")
    assert "disk" in {one.check for one in found}
    (mine / "profile.toml").write_text(text.replace("vat_percent = 23", "vat_percent = 22"), "utf-8")
    assert told(look({**LIVE, "PROFILE": str(mine)}), "profile").startswith(
        f"warning: {mine}/profile.toml:7: 22% isn’t"
    )


def test_a_file_of_settings_that_others_may_read(look: Look, tmp_path: Path) -> None:
    file = tmp_path / "here/.env"
    file.write_text("OKIENKO_PORTT=1\n")
    file.chmod(0o644)
    found = look({})
    assert f"others on this machine may read it (644) → chmod 600 {file}" in told(found, ".env")
    assert "OKIENKO_PORTT is no setting → Is OKIENKO_PORT meant?" in told(found, "settings")
    file.chmod(0o600)
    assert told(look({}), ".env") == ""
    file.write_bytes(b"OKIENKO_PORT=\xff\n")
    assert "can't be read by this user, or isn't UTF-8" in told(look({}), ".env")


def test_another_sellers_database(look: Look, database: str) -> None:
    change(database, lambda c: installation_rows.replace_value(c, SELLER, "vectra"))
    says = "wrong: the database belongs to the seller `vectra`, and the profile's id is `my_seller` → Set this seller's"
    assert says in told(look(LIVE), "seller")


def test_a_database_that_was_used_with_another_key(look: Look, database: str) -> None:
    other = "another-" + KEY
    said = told(look({**LIVE, "SECRET_KEY": other}), "key")
    assert said.startswith("wrong: OKIENKO_SECRET_KEY isn't the one that this database was used with: codes, links")
    assert "`okienko db keys --lost`" in said
    assert "two keys are set → `okienko db keys`" in told(look({**LIVE, "SECRET_KEY": f"{other},{KEY}"}), "key")
    assert read_given_key(OwnSettings(secret_key=other)) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("revision", "says"),
    [("0030", "warning: at 0030, this release's is"), ("9999", "wrong: the database is at 9999, and this release")],
)
def test_a_schema_of_another_release(look: Look, database: str, revision: str, says: str) -> None:
    change(database, lambda c: c.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": revision}))
    assert told(look(LIVE), "schema").startswith(says)


def test_a_file_that_is_no_database(look: Look, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/okienko.sqlite").write_bytes(b"no database" * 100)
    assert "can't be opened: file is not a database → Restore the last back-up" in told(look(LIVE), "database")


def test_what_this_user_may_not_read_or_write(look: Look, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_asked: False)  # root, who may all, runs these tests as well
    found = look(LIVE)
    assert "can't be written to by this user → Give it to the desk's user" in told(found, "data folder")
    assert "can't be read and written by this user → Give the desk's user the file" in told(found, "database")


def test_a_data_folder_that_is_a_file_or_open_to_all(look: Look, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert "can't be made" in told(look(LIVE), "data folder")
    (tmp_path / "data").unlink()
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o755)
    assert "everybody on this machine may look into" in told(look(LIVE), "data folder")


@pytest.mark.parametrize(("free", "level"), [(50 * 2**20, Level.WRONG), (2**29, Level.WARNING), (2**31, Level.OK)])
def test_a_disk_that_is_nearly_full(look: Look, monkeypatch: pytest.MonkeyPatch, free: int, level: Level) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=free))
    assert {one.level for one in look(LIVE) if one.check == "disk"} == {level}


def test_a_clock_that_was_never_set_or_has_gone_back(look: Look, database: str, tmp_path: Path) -> None:
    then = datetime(2020, 1, 1, tzinfo=UTC)
    assert "wrong: it says 2020-01-01, before this release was made" in told(look(LIVE, then), "clock")
    now = SystemClock().now()
    with sqlite3.connect(tmp_path / "data/okienko.sqlite") as desk:
        desk.execute("PRAGMA foreign_keys=OFF")
    line: dict[str, Any] = {"conversation_id": "c", "revision": 1, "kind": "said", "data": {}, "delivery": "none"}
    change(database, lambda c: c.execute(sa.insert(journal).values(at=now + timedelta(hours=1), **line)))
    assert "wrong: the clock has gone back" in told(look(LIVE, now), "clock")


def test_who_keeps_the_clock_right_is_seen_by_files(tmp_path: Path) -> None:
    now = SystemClock().now()
    (tmp_path / "systemd/system").mkdir(parents=True)
    assert [one.level for one in clock_findings(now, tmp_path)] == [Level.WARNING]
    (tmp_path / "systemd/timesync").mkdir()
    (tmp_path / "systemd/timesync/synchronized").touch()
    assert [one.level for one in clock_findings(now, tmp_path)] == [Level.OK]


def test_a_database_server(look: Look, postgres: str) -> None:
    migrate.upgrade(postgres)
    with inspect_database(postgres) as connection:
        now = server_time(connection)
    assert now is not None
    settings = {**LIVE, "DATABASE_URL": postgres}
    assert wrongs(look(settings, now)) == []
    apart = told(look(settings, now + timedelta(minutes=10)), "clock")
    assert "wrong: this machine and the database server are " in apart
    away = look({**LIVE, "DATABASE_URL": "postgresql://desk:canary@127.0.0.1:1/x"})
    assert "postgresql://desk:***@127.0.0.1:1/x can't be opened: " in told(away, "database")
    assert "canary" not in str(away)


def test_the_command_ends_with_one_where_something_is_wrong(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    look({"PROFILE": str(TEMPLATE)})
    runner, app = CliRunner(), build("doctor", "new")
    well = runner.invoke(app, ["doctor"])
    assert (well.exit_code, "\nAll is well.\nNobody outside was asked" in well.stdout) == (0, True)
    monkeypatch.setenv("OKIENKO_PUBLIC_URL", "https://desk.example.com/x")
    ill = runner.invoke(app, ["doctor", "--profile", str(ROOT / "profiles/vectra"), "--json"])
    assert ill.exit_code == 1
    said = json.loads(ill.stdout)
    assert {"check", "level", "what", "remedy"} == said[0].keys()
    assert any("vectra" in one["what"] for one in said)


OLD, NEW = "the former key of thirty-two characters", "the new key of at least 32 characters"
BOTH, ALONE = ServerKey(NEW.encode(), OLD.encode()), ServerKey(NEW.encode())
SITE = Site(public_url="https://desk.example", seller="Sklep", desk="Okienko")


def with_cookies(answer: Response) -> Request:
    pairs = [value.partition(";")[0] for value in answer.headers.getlist("set-cookie")]
    return Request({"type": "http", "headers": [(b"cookie", "; ".join(pairs).encode())]})


def test_a_page_that_an_agent_has_open_can_be_sent_off() -> None:
    shown = DeskCookies(SITE, OLD.encode()).form_token("session")
    assert DeskCookies(SITE, BOTH).is_form_token("session", shown)
    assert not DeskCookies(SITE, BOTH).is_form_token("another", shown)
    assert not DeskCookies(SITE, ALONE).is_form_token("session", shown)


def test_a_browser_shows_the_cookie_of_its_earlier_log_in() -> None:
    answer, empty = Response(), Request({"type": "http", "headers": []})
    DeskCookies(SITE, OLD.encode()).put_device(empty, answer, "ola", "token")
    assert DeskCookies(SITE, BOTH).device(with_cookies(answer), "ola") == "token"
    assert DeskCookies(SITE, ALONE).device(with_cookies(answer), "ola") is None


def test_a_single_sign_on_that_began_before_comes_back() -> None:
    assert identities.derive_sign_on(OLD.encode(), "browser") in identities.derive_sign_ons(BOTH, "browser")
    assert identities.derive_sign_on(BOTH, "browser") == identities.derive_sign_on(NEW.encode(), "browser")


def test_a_message_that_is_sent_again_is_known() -> None:
    inbound = Inbound(Channel.REST, "sender-0123456789", "key", Text("hej"))
    assert is_digest(inbound, BOTH, digest(inbound, OLD.encode()))
    assert not is_digest(inbound, ALONE, digest(inbound, OLD.encode()))


def test_an_id_tells_by_which_key_its_link_was_made() -> None:
    before, after = marked_id(OLD.encode(), "turn"), marked_id(BOTH, "turn")
    assert before != after
    assert {len(before), len(after)} == {32}
    assert book.public_token(BOTH, before) == book.public_token(OLD.encode(), before)
    assert book.public_token(BOTH, after) == book.public_token(ALONE, after)


def test_conversations_through_rasa_go_on(tmp_path: Path) -> None:
    def sender(key: str) -> str:
        settings = Settings(_env_file=None, secret_key=key, rest_token="new, old")  # type: ignore[call-arg]
        at = desk_address(settings)
        assert at.token is not None
        assert at.token.get_secret_value() == "new"
        return sender_of(at.key, "rest", "user")

    assert sender(f"{NEW},{OLD}") == sender(OLD)


@pytest.fixture
def okienko(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run `okienko db keys` with these keys set, on a live desk's database."""
    url = f"sqlite:///{tmp_path}/desk.db"
    migrate.upgrade(url)
    monkeypatch.setenv("OKIENKO_DATABASE_URL", url)
    monkeypatch.setenv("OKIENKO_SANDBOX", "off")
    monkeypatch.chdir(tmp_path)

    def run(keys: str, *words: str) -> str:
        monkeypatch.setenv("OKIENKO_SECRET_KEY", keys)
        result = CliRunner().invoke(build("db"), ["db", "keys", *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def started(keys: str) -> None:
    async def run() -> None:
        settings = Settings(_env_file=None, secret_key=keys)  # type: ignore[call-arg]
        store = open_store(settings.database)
        try:
            await key_of(settings, store, SystemClock().now())
        finally:
            await store.close()

    asyncio.run(run())


def test_a_command_says_when_the_former_key_can_be_taken_out(okienko: Callable[..., str]) -> None:
    assert "holds one key" in okienko(OLD)
    started(OLD)
    assert "no desk has been started with the new key yet" in okienko(f"{NEW},{OLD}")
    started(f"{NEW},{OLD}")
    assert "still needed by:\n  limits, and messages" in okienko(f"{NEW},{OLD}")
    started(NEW)
    assert "takes the key that is set" in okienko(OLD, "--lost")
    started(OLD)
