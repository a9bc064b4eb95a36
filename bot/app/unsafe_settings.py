"""Settings with which a desk must not start: guessable, in clear, known to everybody, or of the wrong kind.

Each is told by its name and with what to put there; never with the value, which may be a secret.

Towards loopback all is allowed: a live desk may be tried beside an `okienko sandbox`, with the sandbox's keys, plain
http and plain SMTP. With a guessable key of its own it answers this machine alone.
"""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from bot.app.settings import SHORTEST, Settings
from services.messaging.mail import address_of
from values.loopback import is_loopback, leads_to_loopback

_PREFIX = "OKIENKO_"
#: So is one that repeats a few characters.
FEWEST_CHARACTERS = 8


def unsafe(settings: Settings, known: Collection[str]) -> list[str]:
    """Say what is unsafe, each by the name of its setting and with its remedy. `known`: keys that everybody knows."""
    if settings.sandboxed:
        return [*_of_the_sandbox(settings)]
    found = [*_on_the_way(settings), *_known_to_all(settings, known)]
    if _reached_by_others(settings):
        found = [*_guessable_keys(settings), *_doors_without_a_key(settings), *found]
    if not settings.base_url.startswith("https://") and not leads_to_loopback(settings.base_url):
        found.insert(0, "OKIENKO_PUBLIC_URL must be https: cookies and links would go over the network in clear")
    return found


def stays_at_home(settings: Settings) -> bool:
    """Tell whether the desk must answer this machine alone: it is a sandbox, or live with a key that can be guessed.

    Settings can't know of a proxy on the same machine, so that requests which one has passed on are refused.
    """
    return settings.sandbox == "on" or (not settings.sandboxed and any(_guessable_keys(settings)))


def serves_rest(settings: Settings) -> bool:
    """Tell whether the REST channel is served; without a word it isn't on a live desk that others reach."""
    if settings.rest is None:
        return settings.sandboxed or not _reached_by_others(settings)
    return settings.rest != "off"


def _reached_by_others(settings: Settings) -> bool:
    """Tell whether a setting says so; uvicorn reads the last one, the proxies that it believes."""
    at_home = leads_to_loopback(settings.base_url) and is_loopback(settings.host)
    return not at_home or bool(os.environ.get("FORWARDED_ALLOW_IPS", "").strip())


def _of_the_sandbox(settings: Settings) -> Iterator[str]:
    if settings.sandbox == "on" and not leads_to_loopback(settings.base_url):
        yield (
            "OKIENKO_PUBLIC_URL must be a loopback address with the sandbox on: anybody who comes by it could read the "
            "desk's SMS and mails. To go live set OKIENKO_SANDBOX=off; if it is meant, OKIENKO_SANDBOX=public"
        )


def _guessable_keys(settings: Settings) -> Iterator[str]:
    own = {
        "secret_key": settings.secret_keys,
        "api_token": settings.api_tokens,
        "api_money_token": settings.money_tokens,
        "rest_token": settings.rest_tokens,
    }
    for name, given in own.items():
        if any(guessable(secret.get_secret_value()) for secret in given):
            yield (
                f"{_named(name)} can be guessed: it needs {SHORTEST} characters at least, such as "
                "`openssl rand -hex 32` gives"
            )


def _doors_without_a_key(settings: Settings) -> Iterator[str]:
    """Yield what would be open to anybody by silence; `open` is the word that says it."""
    if settings.rest == "on" and not settings.rest_tokens:
        yield (
            "OKIENKO_REST=on needs OKIENKO_REST_TOKEN, such as `openssl rand -hex 32` gives: without one anybody may "
            "be a client. If that is meant, set OKIENKO_REST=open; if nobody calls, OKIENKO_REST=off"
        )


def guessable(secret: str) -> bool:
    """Return whether a secret is short, or repeats a few characters."""
    return len(secret) < SHORTEST or len(set(secret)) < FEWEST_CHARACTERS


def secrets_by_address(fields: Mapping[str, FieldInfo]) -> dict[str, list[str]]:
    """Return, for each setting that is an address, the secrets whose names begin with the same word."""
    secrets = [name for name, field in fields.items() if SecretStr in get_args(field.annotation)]
    addresses = [name for name in fields if name.endswith("_url")]
    return {url: [name for name in secrets if name.startswith(url.partition("_")[0] + "_")] for url in addresses}


def _on_the_way(settings: Settings) -> Iterator[str]:
    for name, keys in secrets_by_address(type(settings).model_fields).items():
        url: str | None = getattr(settings, name)
        if url is None or url.startswith("https://") or leads_to_loopback(url):
            continue
        if any(getattr(settings, key) is not None for key in keys):
            yield f"{_named(name)} must be https: {' and '.join(map(_named, keys))} would go over the network in clear"
    if settings.smtp_tls == "none" and settings.smtp_host is not None and not is_loopback(settings.smtp_host):
        yield "OKIENKO_SMTP_TLS=none is for loopback only: set starttls or tls"


def _known_to_all(settings: Settings, known: Collection[str]) -> Iterator[str]:
    for name, keys in secrets_by_address(type(settings).model_fields).items():
        url: str | None = getattr(settings, name)
        if url is None or leads_to_loopback(url):
            continue
        for key in keys:
            given: SecretStr | None = getattr(settings, key)
            if given is not None and given.get_secret_value() in known:
                yield f"{_named(key)} is the sandbox's, which everybody knows: set your own"


def doubtful(settings: Settings) -> Iterator[str]:
    """Say what may be meant otherwise: keys for tests on a live desk, names that no setting has."""
    if settings.rest is None and not serves_rest(settings):
        yield "OKIENKO_REST isn't set, so the REST channel is off: set on, with OKIENKO_REST_TOKEN, or off"
    key = settings.stripe_secret_key.get_secret_value() if settings.stripe_secret_key is not None else ""
    if (
        not settings.sandboxed
        and key.startswith(("sk_test_", "rk_test_"))
        and not leads_to_loopback(settings.stripe_url)
    ):
        yield "OKIENKO_STRIPE_SECRET_KEY is a key for tests: nobody is charged"
    known = [_named(name) for name in type(settings).model_fields]
    sources = (source(type(settings)).env_vars for source in (EnvSettingsSource, DotEnvSettingsSource))
    given = {name.upper() for names in sources for name in names if name.upper().startswith("OKIENKO_")}
    for name in sorted(given - set(known)):
        # Without what all begin with: it makes any two look alike.
        meant = get_close_matches(name.removeprefix(_PREFIX), [one.removeprefix(_PREFIX) for one in known], n=1)
        yield f"{name} is no setting" + (f": is {_PREFIX}{meant[0]} meant?" if meant else "")


def _named(field: str) -> str:
    return f"{_PREFIX}{field.upper()}"


_ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>,]+")
_BOT_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
LONGEST_SENDER = 11
"""Characters of an SMS sender's name: an alphanumeric originator's (GSM 03.40)."""


def list_misplaced_settings(settings: Settings, mail_sender: str) -> list[str]:
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
