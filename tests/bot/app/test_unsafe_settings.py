"""A live desk isn't started with settings that open it to strangers; towards loopback everything is allowed."""

import os
from typing import Any, get_args

import pytest
from pydantic import SecretStr

from bot.app.settings import Settings
from bot.app.unsafe_settings import doubtful, secrets_by_address, serves_rest
from bot.app.unsafe_settings import unsafe as found_unsafe
from sandbox import credentials
from sandbox.payments import KNOWN_SECRETS
from sandbox.payments.paypal import PAYPAL_CLIENT_SECRET
from sandbox.payments.przelewy24 import P24_CRC
from sandbox.payments.stripe import STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET
from tests.table import table

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
LIVE = {"sandbox": "off", "public_url": "https://desk.example.com", "secret_key": KEY, "api_token": KEY}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """No setting of the machine, no `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in [one for one in os.environ if one.startswith("OKIENKO_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)


def unsafe(settings: Settings) -> list[str]:
    return found_unsafe(settings, KNOWN_SECRETS)


def made(**more: Any) -> Settings:
    given: dict[str, Any] = LIVE | more
    return Settings(**given)


def test_a_desk_with_keys_of_its_own_goes_live() -> None:
    own = {"rest_token": KEY, "smsapi_token": "a", "stripe_secret_key": "sk_live_a", "smtp_host": "mail.example.com"}
    assert unsafe(made(**own)) == []


@table(
    ("name", "given"),
    [
        ("PUBLIC_URL", {"public_url": "http://desk.example.com"}),
        ("SECRET_KEY", {"secret_key": "a" * 32}),
        ("API_TOKEN", {"api_token": "a"}),
        ("API_TOKEN", {"api_token": "ab" * 20}),
        ("REST_TOKEN", {"rest_token": "secret"}),
        ("REST", {"rest": "on"}),
        ("SMTP_TLS", {"smtp_tls": "none", "smtp_host": "mail.example.com"}),
        ("SMSAPI_URL", {"smsapi_url": "http://api.smsapi.pl/sms.do", "smsapi_token": "a"}),
        ("GUS_URL", {"gus_url": "http://gus.example", "gus_key": "a"}),
        ("PRZELEWY24_URL", {"przelewy24_url": "http://p24.example", "przelewy24_crc": "a"}),
        ("STRIPE_URL", {"stripe_url": "http://stripe.example", "stripe_secret_key": "a"}),
        ("PAYPAL_URL", {"paypal_url": "http://paypal.example", "paypal_client_secret": "a"}),
        ("TELEGRAM_BASE_URL", {"telegram_base_url": "http://bot.example/bot", "telegram_token": "1:a"}),
        ("DIRECTORY_URL", {"directory_url": "http://erp.example", "directory_token": "a"}),
        (
            "EVENTS_URL",
            {"events_url": "http://erp.example", "events_secret": "whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="},
        ),
        ("STRIPE_WEBHOOK_SECRET", {"stripe_webhook_secret": STRIPE_WEBHOOK_SECRET}),
        ("PRZELEWY24_CRC", {"przelewy24_crc": P24_CRC}),
        ("SMSAPI_TOKEN", {"smsapi_token": credentials.SMSAPI_TOKEN}),
        ("PAYPAL_CLIENT_SECRET", {"paypal_client_secret": PAYPAL_CLIENT_SECRET}),
    ],
)
def test_what_is_unsafe_is_named(name: str, given: dict[str, str]) -> None:
    [found] = unsafe(made(**given))
    assert found.startswith(f"OKIENKO_{name}")
    assert not any(value in found for key, value in given.items() if not key.endswith("_url") and len(value) > 8)


def test_a_desk_beside_a_sandbox_may_have_its_keys() -> None:
    beside = {
        "public_url": "http://127.0.0.1:8080",
        "api_token": "t",
        "smtp_tls": "none",
        "smtp_host": "127.0.0.1",
        "smsapi_url": "http://127.0.0.1:9/sms.do",
        "smsapi_token": credentials.SMSAPI_TOKEN,
        "przelewy24_url": "http://localhost:9",
        "przelewy24_crc": P24_CRC,
        "stripe_url": "http://[::1]:9",
        "stripe_secret_key": STRIPE_SECRET_KEY,
    }
    assert unsafe(made(**beside)) == []


@pytest.mark.parametrize(
    ("outside", "proxies"), [({}, "10.0.0.2"), ({}, "127.0.0.1"), ({}, "*"), ({"host": "192.0.2.7"}, "")]
)
def test_a_guessable_token_is_refused_where_a_setting_says_that_others_come(
    outside: dict[str, str], proxies: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {"public_url": "http://127.0.0.1:8080", "api_token": "t"}
    assert unsafe(made(**here)) == []
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", proxies)
    [found] = unsafe(made(**here, **outside))
    assert found.startswith("OKIENKO_API_TOKEN can be guessed")
    assert unsafe(made(**here | {"api_token": KEY}, **outside)) == []


REACHED = [{}, {"public_url": "http://127.0.0.1:8080", "host": "192.0.2.7"}]
AT_HOME = [{"public_url": "http://127.0.0.1:8080"}, {"sandbox": "on", "public_url": None}, {"sandbox": "public"}]


@pytest.mark.parametrize("token", [None, KEY], ids=["no token", "token"])
@pytest.mark.parametrize(
    ("word", "served"), [(None, {False}), ("off", {False}), ("on", {True}), ("open", {True})], ids=str
)
@pytest.mark.parametrize("where", REACHED, ids=["address", "host"])
def test_live_and_reached_the_rest_channel_is_opened_by_a_word(
    where: dict[str, str], word: str | None, served: set[bool], token: str | None
) -> None:
    settings = made(**where, rest=word, rest_token=token)
    refused = [one for one in unsafe(settings) if one.startswith("OKIENKO_REST=on needs OKIENKO_REST_TOKEN")]
    assert bool(refused) == (word == "on" and token is None)
    assert {serves_rest(settings)} == served
    assert any("REST channel is off" in one for one in doubtful(settings)) == (word is None)


@pytest.mark.parametrize("token", [None, KEY], ids=["no token", "token"])
@pytest.mark.parametrize(("word", "served"), [(None, True), ("off", False), ("on", True), ("open", True)], ids=str)
@pytest.mark.parametrize("where", AT_HOME, ids=["loopback", "sandbox", "public sandbox"])
def test_in_the_sandbox_and_towards_loopback_it_is_open_unless_it_is_off(
    where: dict[str, str | None], word: str | None, served: bool, token: str | None
) -> None:
    settings = made(**where, rest=word, rest_token=token)
    assert unsafe(settings) == []
    assert serves_rest(settings) == served
    assert not any("REST" in one for one in doubtful(settings))


def test_a_proxy_that_is_believed_brings_others_to_a_loopback_address(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = made(public_url="http://127.0.0.1:8080")
    assert serves_rest(settings)
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.2")
    assert not serves_rest(settings)


def test_the_sandbox_is_at_no_address_of_others_unless_said() -> None:
    [found] = unsafe(made(sandbox="on"))
    assert found.startswith("OKIENKO_PUBLIC_URL")
    assert "OKIENKO_SANDBOX=public" in found
    assert unsafe(made(sandbox="public", public_url="http://desk.example.com", api_token="a")) == []


@table("here", ["http://localhost:8080", "http://127.0.0.1:9", "https://[::1]:443"])
def test_a_sandboxed_desk_may_take_telegrams_webhooks_at_a_loopback_address(here: str) -> None:
    assert unsafe(made(sandbox="on", public_url=here, telegram_token="1:a", telegram_mode="webhook")) == []


def test_what_may_be_meant_otherwise_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKIENKO_TELEGRAM_TOKN", "1:canary")
    monkeypatch.setenv("OKIENKO_WORKERS", "3")
    assert list(doubtful(made(stripe_secret_key="sk_test_canary", rest="off"))) == [
        "OKIENKO_STRIPE_SECRET_KEY is a key for tests: nobody is charged",
        "OKIENKO_TELEGRAM_TOKN is no setting: is OKIENKO_TELEGRAM_TOKEN meant?",
        "OKIENKO_WORKERS is no setting",
    ]


def test_every_secret_has_an_address_of_its_first_word_unless_it_goes_nowhere() -> None:
    of_the_desk = {"secret_key", "api_token", "api_money_token", "rest_token", "actions_token"}
    checked_otherwise = {"smtp_password", "oidc_client_secret"}
    secrets = {name for name, field in Settings.model_fields.items() if SecretStr in get_args(field.annotation)}
    sent = {name for names in secrets_by_address(Settings.model_fields).values() for name in names}
    assert secrets - sent == of_the_desk | checked_otherwise, "name its address WORD_url in bot/app/settings.py"
