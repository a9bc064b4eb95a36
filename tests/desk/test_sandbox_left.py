"""A database that was a sandbox goes live: the customers whose passwords are in the docs don't get in any more."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from sandbox.people import load_people
from tests.crash.process import free_port
from tests.desk.databases import on_each_database, sandbox_here
from tests.desk.running import Customer, Running, running_desk

LOGIN, PASSWORD = next(
    (one.email, one.password) for one in load_people().customers if one.profile == "r2platnik" and one.password
)

LIVE = {
    "sandbox": "off",
    "rate_limits": "on",
    "api_token": "t" * 40,
    "smtp_host": "127.0.0.1",
    "smtp_tls": "none",
    "smtp_from": "desk@example.com",
    "przelewy24_merchant_id": 12345,
    "przelewy24_api_key": "p" * 32,
    "przelewy24_crc": "c" * 16,
    "stripe_secret_key": "sk_live_" + "s" * 24,
    "stripe_webhook_secret": "whsec_" + "w" * 32,
    "paypal_client_id": "p" * 32,
    "paypal_client_secret": "p" * 32,
    "paypal_webhook_id": "p" * 16,
}
"""Nobody there is ever called: the log-in page needs no provider."""


async def log_in(desk: Running, customer: Customer) -> int:
    await customer.say("start:log_in")
    done = await customer.submit(customer.link("secure_page")["href"], login=LOGIN, password=PASSWORD)
    await customer.settled()
    return done.status_code


@on_each_database
async def test_nobody_is_or_gets_in_by_a_published_password(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    at: dict[str, Any] = {"profile": Path("profiles/r2platnik"), "secret_key": "k" * 40}
    if database == "postgresql":
        at["database_url"] = request.getfixturevalue("postgres").replace("+psycopg", "")
    async with AsyncExitStack() as stack:
        beside = await stack.enter_async_context(sandbox_here(tmp_path / "sandbox"))
        async with running_desk(tmp_path, **at, sandbox_url=beside) as desk:
            customer = desk.customer()
            assert await log_in(desk, customer) == 200
            assert customer.custom["dialog"] == "zone"
        port = free_port()
        live: dict[str, Any] = {**LIVE, "port": port, "public_url": f"http://127.0.0.1:{port}"}
        async with running_desk(tmp_path, **at, **live) as desk:
            customer.http = desk.http
            await customer.say("zone:my_account")
            assert LOGIN not in customer.said[-1]
            assert customer.at == "account.start"
            assert await log_in(desk, desk.customer()) == 422
        async with running_desk(tmp_path, **at, sandbox_url=beside) as desk:
            assert await log_in(desk, desk.customer()) == 200, "back in the sandbox it is as it was"
