"""`okienko customer` beside a running desk."""

import json
from functools import partial
from pathlib import Path

import anyio.to_thread
import pytest
import structlog
from typer.testing import CliRunner

from bot.cli import build
from services.store import journal
from tests.desk.running import running_desk
from tests.desk.scripted import Person, Scripted, until


async def test_export_and_erase_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The desk runs in this process, where the command's output is taken from: its log must not get between.
    with structlog.testing.capture_logs():
        await _exported_and_erased(tmp_path, monkeypatch)


async def _exported_and_erased(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_desk(tmp_path) as desk:
        scripted = await Scripted(desk, Person()).run("payment")
        email, customer = scripted.person.email, scripted.customer
        settings = desk.installation.deps.settings
        monkeypatch.setenv("OKIENKO_DATA_DIR", str(settings.data_dir))
        monkeypatch.setenv("OKIENKO_PROFILE", str(settings.profile))
        app = build("customer")

        async def okienko(*words: str) -> tuple[int, str]:
            # In a thread of its own: the command has a loop of its own, as it has a process.
            done = await anyio.to_thread.run_sync(partial(CliRunner().invoke, app, ["customer", *words]))
            return done.exit_code, done.stdout or done.stderr

        code, printed = await okienko("export", email)
        assert code == 0
        found = json.loads(printed)
        assert (found["account"]["email"], found["orders"][0]["status"]) == (email, "placed")
        assert found["conversations"][0]["messages"][0]["from"] == "customer"

        stranger = desk.customer()
        for words in ("start:forgot_password", email.upper()):
            await stranger.say(words)
        assert (await okienko("erase", "nobody@example.com"))[0] == 1
        code, printed = await okienko("erase", email)
        assert code == 0
        assert "1 unpaid orders cancelled" in printed
        assert "1 other conversations that named the address" in printed
        talk = await desk.installation.desk.conversation("rest", stranger.sender)
        left = await desk.installation.store.read(lambda c: [one.data for one in journal.everything(c, talk or "")])
        assert left
        assert email not in str(left).lower()
        assert email not in printed
        assert await desk.card(email) is None

        async def told() -> bool:
            await customer.look()
            return "usunięto" in customer.said[-1]

        await until(told)

        async def letter() -> bool:
            return "Konto usunięte" in (await desk.outbox(email))[-1]["subject"]

        await until(letter)
        assert (await okienko("erase", email))[0] == 1, "a second time there is nobody"
        assert (await okienko("export", email))[0] == 1
