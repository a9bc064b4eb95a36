"""Settings of the wrong kind are named, with what belongs there, and never shown."""

from typing import Any

import pytest

from bot.app.misplaced_settings import misplaced
from bot.app.settings import OwnSettings
from tests.kit.cases import cases

WELL = "Okno <desk@example.com>"


@pytest.mark.parametrize(("given", "told"), cases(__file__, "misplaced.settings"))
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
