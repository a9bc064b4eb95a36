"""Settings of the wrong kind are named, with what belongs there, and never shown."""

from typing import Any

import pytest

from bot.app.misplaced_settings import misplaced
from bot.app.settings import OwnSettings

WELL = "Okno <desk@example.com>"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"smtp_from": "Conti Insieme"}, "OKIENKO_SMTP_FROM holds no address"),
        ({"smtp_from": "Conti <conti@localhost>"}, "OKIENKO_SMTP_FROM holds no address"),
        ({"support_email": "nobody"}, "OKIENKO_SUPPORT_EMAIL is no e-mail address"),
        ({"smsapi_sender": "seventeen letters"}, "at most 11 characters"),
        ({"stripe_secret_key": "pk_live_abcdef"}, "take the secret one (sk_…)"),
        ({"stripe_secret_key": "whsec_abcdef"}, "goes into OKIENKO_STRIPE_WEBHOOK_SECRET"),
        ({"stripe_webhook_secret": "sk_live_abcdef"}, "begins with whsec_"),
        ({"telegram_token": "@my_bot"}, "OKIENKO_TELEGRAM_TOKEN is no bot's token"),
    ],
)
def test_each_is_named_with_what_belongs_there(given: dict[str, Any], told: str) -> None:
    (said,) = misplaced(OwnSettings(**given), WELL)
    assert told in said
    assert "abcdef" not in said


def test_what_is_right_is_taken() -> None:
    assert misplaced(OwnSettings(), WELL) == []
    given: dict[str, Any] = {
        "smtp_from": "desk@example.com",
        "support_email": "help@example.com",
        "smsapi_sender": "Conti",
        "stripe_secret_key": "rk_live_x",
        "stripe_webhook_secret": "whsec_x",
        "telegram_token": "123456:AA-bb_c",
    }
    assert misplaced(OwnSettings(**given), WELL) == []
    assert "`mail_sender` under [brand]" in misplaced(OwnSettings(), "Conti Insieme")[0]


def test_a_bad_secret_of_events_names_its_setting() -> None:
    with pytest.raises(ValueError, match="OKIENKO_EVENTS_SECRET"):
        OwnSettings(events_url="https://shop.example/hook", events_secret="not base64!")  # type: ignore[arg-type]
