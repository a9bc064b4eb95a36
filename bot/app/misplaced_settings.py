"""Settings whose value is of the wrong kind: an address without an @, a key that belongs elsewhere.

Each is told by its name and with what to put there; never with the value, which may be a secret.
"""

import re
from collections.abc import Iterator

from pydantic import SecretStr

from bot.app.settings import Settings
from services.messaging.mail import address_of

_ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>,]+")
_BOT_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
LONGEST_SENDER = 11
"""Characters of an SMS sender's name: an alphanumeric originator's (GSM 03.40)."""


def misplaced(settings: Settings, mail_sender: str) -> list[str]:
    """Say which settings are of the wrong kind; `mail_sender` is the profile's, for a desk that sets none."""
    return [*_mail(settings, mail_sender), *_keys(settings)]


def _mail(settings: Settings, mail_sender: str) -> Iterator[str]:
    wanted = "write an address, or a name with it: `Name <desk@example.com>`"
    if settings.smtp_from is not None and not _sends(settings.smtp_from):
        yield f"OKIENKO_SMTP_FROM holds no address: {wanted}"
    elif settings.smtp_from is None and not _sends(mail_sender):
        yield f"`mail_sender` under [brand] in profile.toml holds no address: {wanted}"
    if settings.support_email is not None and not _ADDRESS.fullmatch(settings.support_email):
        yield "OKIENKO_SUPPORT_EMAIL is no e-mail address: write one, such as help@example.com"
    if settings.smsapi_sender is not None and len(settings.smsapi_sender) > LONGEST_SENDER:
        yield f"OKIENKO_SMSAPI_SENDER is too long: a sender's name has at most {LONGEST_SENDER} characters"


def _keys(settings: Settings) -> Iterator[str]:
    key, secret = _shown(settings.stripe_secret_key), _shown(settings.stripe_webhook_secret)
    if key.startswith("pk_"):
        yield (
            "OKIENKO_STRIPE_SECRET_KEY is the publishable key, which is for web pages: take the secret one (sk_…) or "
            "a restricted one (rk_…) of the same page at Stripe"
        )
    elif key.startswith("whsec_"):
        yield "OKIENKO_STRIPE_SECRET_KEY is a webhook's secret: it goes into OKIENKO_STRIPE_WEBHOOK_SECRET"
    if secret and not secret.startswith("whsec_"):
        yield "OKIENKO_STRIPE_WEBHOOK_SECRET is no webhook's secret: it begins with whsec_, on the page of the webhook"
    token = _shown(settings.telegram_token)
    if token and not _BOT_TOKEN.fullmatch(token):
        yield "OKIENKO_TELEGRAM_TOKEN is no bot's token: BotFather gives one such as 123456789:AAE…"


def _sends(sender: str) -> bool:
    try:
        return _ADDRESS.fullmatch(address_of(sender)) is not None
    except ValueError:
        return False


def _shown(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret is not None else ""
