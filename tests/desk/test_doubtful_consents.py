"""`okienko customer consents --doubtful`: what earlier releases stored against what the customer had said."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
import sqlalchemy as sa
import structlog
from typer.testing import CliRunner

from bot.cli import build
from services.accounts import consents
from services.store.tables.accounts import consent
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Scripted

EMAIL = "marketing_email"


async def answered(desk: Running, *said: str) -> str:
    """A customer who says this at the consents; returns the e-mail."""
    customer = await Scripted(desk).run("consents")
    for one in said:
        await customer.customer.say(one)
    assert customer.customer.at == "contact.phone"
    return customer.person.email


async def stored_besides(desk: Running, email: str) -> None:
    """The consent that a release before this one stored with the others."""
    account = (await desk.card(email))["id"]

    def write(connection: sa.Connection) -> None:
        row = connection.execute(sa.select(consent).where(consent.c.account_id == account)).mappings().first()
        assert row is not None
        consents.record(
            connection,
            account_id=account,
            conversation_id=row["conversation_id"],
            consent_id=EMAIL,
            version=row["version"],
            locale=row["locale"],
            words="Chcę nowości.",
            given=True,
            channel=row["channel"],
            how="button",
            now=row["at"],
        )

    await desk.installation.store.write(write)


async def test_consents_that_were_stored_against_the_words_are_listed_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with structlog.testing.capture_logs():
        async with running_desk(tmp_path) as desk:
            pressed = await answered(desk, f"consents:toggle:{EMAIL}", "consents:required")
            typed = await answered(desk, "tylko wymagane")
            refused = await answered(
                desk,
                "nie chcę newslettera",
                "consents:toggle:privacy",
                "consents:toggle:data_processing",
                "consents:done",
            )
            meant = await answered(desk, "zgadzam się na wymagane i newsletter")
            for email in (pressed, typed, refused):
                await stored_besides(desk, email)
            settings = desk.installation.deps.settings
            monkeypatch.setenv("OKIENKO_DATA_DIR", str(settings.data_dir))
            monkeypatch.setenv("OKIENKO_PROFILE", str(settings.profile))
            app = build("customer")
            done = await anyio.to_thread.run_sync(
                partial(CliRunner().invoke, app, ["customer", "consents", "--doubtful"])
            )
            assert done.exit_code == 0, done.stderr
            found: dict[str, Any] = {one["email"]: one for one in json.loads(done.stdout)}

            assert {email: one["why"] for email, one in found.items()} == {
                pressed: "only_required",
                typed: "only_required",
                refused: "refused_before",
            }
            assert [one["text"] for one in found[typed]["said"]] == ["tylko wymagane"]
            assert found[refused]["said"][0]["text"] == "nie chcę newslettera"
            assert all(one["consent"] == EMAIL for one in found.values())
            assert meant not in found
            standing = (await desk.card(pressed))["consents"]
            assert [one["withdrawn_at"] for one in standing if one["id"] == EMAIL] == [None], "nothing is changed"
