"""`okienko customer` beside a running desk: export, erase, and consents stored against what the customer had said."""

import json
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import anyio.to_thread
import pytest
import sqlalchemy as sa
import structlog
from typer.testing import CliRunner

from bot.cli import build
from services.accounts import consents
from services.store.tables.accounts import consent
from tests.desk.running import Running
from tests.desk.scripted import Scripted, until
from tests.kit.talks import place_of, says, written

EMAIL = "marketing_email"
Okienko = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def okienko(desk: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Okienko]:
    """`okienko customer …` on the desk's database; its exit code, and what it prints.

    The desk runs in this process, where the command's output is taken from: its log must not get between.
    """
    settings = desk.installation.deps.settings
    monkeypatch.setenv("OKIENKO_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("OKIENKO_PROFILE", str(settings.profile))
    app = build("customer")

    async def run(*words: str) -> tuple[int, str]:
        # In a thread of its own: the command has a loop of its own, as it has a process.
        done = await anyio.to_thread.run_sync(partial(CliRunner().invoke, app, ["customer", *words]))
        return done.exit_code, done.stdout or done.stderr

    with structlog.testing.capture_logs():
        yield run


@pytest.mark.stage("ordered")
async def test_export_and_erase_by_command(desk: Running, buyer: Scripted, okienko: Okienko) -> None:
    email, customer = buyer.person.email, buyer.customer
    code, printed = await okienko("export", email)
    assert code == 0
    found = json.loads(printed)
    assert (found["account"]["email"], found["orders"][0]["status"]) == (email, "placed")
    assert found["conversations"][0]["messages"][0]["from"] == "customer"

    stranger = await says(desk.customer(), "start:forgot_password", email.upper())
    assert (await okienko("erase", "nobody@example.com"))[0] == 1
    code, printed = await okienko("erase", email)
    assert code == 0
    assert "1 unpaid orders cancelled" in printed
    assert "1 other conversations that named the address" in printed
    assert email not in (await written(desk, await place_of(desk, stranger))).lower()
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


@pytest.mark.stage("paid")
async def test_log_ins_are_ended_by_command(desk: Running, buyer: Scripted, okienko: Okienko) -> None:
    email, customer = buyer.person.email, buyer.customer
    assert len((await desk.card(email))["conversations"]) == 1
    assert (await okienko("log-out", email)) == (0, "logged out: 1 conversations\n")
    assert (await desk.card(email))["conversations"] == []

    async def told() -> bool:
        await customer.look()
        return customer.at == "account.start"

    await until(told)
    assert (await okienko("log-out", "nobody@example.com"))[0] == 1


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


async def test_consents_that_were_stored_against_words_are_listed_with_them(desk: Running, okienko: Okienko) -> None:
    pressed = await answered(desk, f"consents:toggle:{EMAIL}", "consents:required")
    typed = await answered(desk, "tylko wymagane")
    required = ("consents:toggle:privacy", "consents:toggle:data_processing", "consents:done")
    refused = await answered(desk, "nie chcę newslettera", *required)
    meant = await answered(desk, "zgadzam się na wymagane i newsletter")
    for email in (pressed, typed, refused):
        await stored_besides(desk, email)
    code, printed = await okienko("consents", "--doubtful")
    assert code == 0, printed
    found: dict[str, Any] = {one["email"]: one for one in json.loads(printed)}

    why = {pressed: "only_required", typed: "only_required", refused: "refused_before"}
    assert {email: one["why"] for email, one in found.items()} == why
    assert [one["text"] for one in found[typed]["said"]] == ["tylko wymagane"]
    assert found[refused]["said"][0]["text"] == "nie chcę newslettera"
    assert all(one["consent"] == EMAIL for one in found.values())
    assert meant not in found
    standing = (await desk.card(pressed))["consents"]
    assert [one["withdrawn_at"] for one in standing if one["id"] == EMAIL] == [None], "nothing is changed"
