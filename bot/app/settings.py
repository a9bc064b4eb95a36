"""All settings of the desk: `OKIENKO_*` in the environment or in `.env`, read once, at the start.

Nothing below the composition root sees this class: services and handlers are given plain arguments.
"""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.app import outside_settings
from services.clients.http import Url
from services.late_model import LateModel
from services.payments.providers.registry import PROVIDERS, PaymentSettings
from services.seller.standard_webhooks import read_secret
from values.loopback import is_loopback, leads_to_loopback

#: The bearer of the seller's API while the sandbox is on; public, worth nothing.
SANDBOX_API_TOKEN, SANDBOX_MONEY_TOKEN = "sandbox", "sandbox-money"
OF_THE_SANDBOX = frozenset({SANDBOX_API_TOKEN, SANDBOX_MONEY_TOKEN})
#: A key or a token below this is guessable.
SHORTEST = 32


class DeskSettings(LateModel):
    """The desk."""

    profile: Path = Field(default=Path("profiles/fakturasmart"), description="Folder of the seller's profile.")
    data_dir: Path = Field(
        default=Path("data"), description="Folder for the embedded database and the sandbox's files."
    )
    database_url: str | None = Field(
        default=None,
        repr=False,
        description="`sqlite:///…` or `postgresql://…`; default: a SQLite file in the data folder.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on. With the sandbox on, loopback only.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on.")
    public_url: Url | None = Field(
        default=None,
        description="Where customers and providers reach the desk; default: http://127.0.0.1 and the port. "
        "Live: https, or loopback; with the sandbox `on`: loopback.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="At least 32 characters; signs codes, links and tokens; all processes on one database have the "
        "same; two with a comma while one replaces the other. With the sandbox on, one is made and kept in the data "
        "folder, or in PostgreSQL.",
    )
    support_email: str | None = Field(
        default=None,
        description="Where the desk writes when a customer asks for a person; default: the profile's address.",
    )
    rate_limits: Literal["on", "off"] = Field(
        default="on",
        description="`off` lifts quotas per address, chat, number and day; never a code's attempts, an expiry or a "
        "link's single use. With the sandbox only.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is logged."
    )


class SellerSystemSettings(LateModel):
    """The seller's own system."""

    api_token: SecretStr | None = Field(
        default=None,
        description="Bearer of the seller's API `/api/v1`, 32 characters at least; two with a comma while one replaces "
        "the other; `sandbox` with the sandbox on.",
    )
    api_money_token: SecretStr | None = Field(
        default=None,
        description="Bearer of the same API that may give money back, too; `sandbox-money` with the sandbox on. "
        "Without it that is done in the providers' panels.",
    )
    events_url: Url | None = Field(
        default=None,
        description="Where events are sent, signed as Standard Webhooks; default: none are, or the sandbox's stand-in.",
    )
    events_secret: SecretStr | None = Field(
        default=None,
        description="What they are signed with: `whsec_` and base64; two with a comma while one replaces the other.",
    )
    directory_url: Url | None = Field(
        default=None,
        description="The seller's directory, asked for whom the desk's own doesn't know; default: nobody is asked.",
    )
    directory_token: SecretStr | None = Field(default=None, description="Bearer for it.")

    @model_validator(mode="after")
    def _events_are_signed(self) -> Self:
        if self.events_url is not None and not self.event_keys:
            raise ValueError("OKIENKO_EVENTS_URL needs OKIENKO_EVENTS_SECRET")
        return self

    @property
    def event_keys(self) -> tuple[bytes, ...]:
        """The keys that sign events, the newest first; empty where the desk sends none. Errors: ValueError."""
        if self.events_url is None or self.events_secret is None:
            return ()
        given = self.events_secret.get_secret_value()
        try:
            return tuple(read_secret(secret) for secret in given.split(",") if secret.strip())
        except ValueError as error:
            raise ValueError(f"OKIENKO_EVENTS_SECRET: {error}. Make one: whsec_$(openssl rand -base64 32)") from None


class SettingsGroups(
    DeskSettings,
    outside_settings.SandboxSettings,
    SellerSystemSettings,
    outside_settings.SingleSignOnSettings,
    outside_settings.TelegramSettings,
    outside_settings.RestSettings,
    outside_settings.SmsapiSettings,
    outside_settings.MailSettings,
    outside_settings.RegisterSettings,
    outside_settings.ChatwootSettings,
    outside_settings.HearingSettings,
    PaymentSettings,
):
    """The groups of settings; each docstring is a heading in docs/reference/settings.md.

    A secret goes to the address whose name begins with the same word, as `telegram_token` to `telegram_base_url`:
    `unsafe_settings` keeps it from passing in clear.
    """


class Settings(SettingsGroups, BaseSettings):
    """The settings of a desk. Each field's variable is `OKIENKO_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="OKIENKO_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        # A refused value may be a key: errors name the field only.
        hide_input_in_errors=True,
    )

    @model_validator(mode="after")
    def _sandbox_stays_at_home(self) -> Self:
        if self.sandbox is outside_settings.SandboxMode.ON and not is_loopback(self.host):
            raise ValueError(
                "with the sandbox on, OKIENKO_HOST must be a loopback address: anybody who reaches the desk can read "
                "its SMS and mails. If that is meant, set OKIENKO_SANDBOX=public"
            )
        if self.rate_limits == "off" and not self.sandboxed:
            raise ValueError("OKIENKO_RATE_LIMITS=off is for the sandbox only")
        at_home = self.public_url is not None and leads_to_loopback(self.public_url) and is_loopback(self.host)
        known_here = self.sandboxed or at_home
        if not known_here and any(len(key.get_secret_value()) < SHORTEST for key in self.secret_keys):
            raise ValueError(f"OKIENKO_SECRET_KEY needs at least {SHORTEST} characters")
        for name, tokens in (("API_TOKEN", self.api_tokens), ("API_MONEY_TOKEN", self.money_tokens)):
            if not known_here and not OF_THE_SANDBOX.isdisjoint(token.get_secret_value() for token in tokens):
                raise ValueError(f"OKIENKO_{name} is the sandbox's, which everybody knows: choose another")
        return self

    @model_validator(mode="after")
    def _replaceable_hold_something(self) -> Self:
        for name in REPLACEABLE:
            given: SecretStr | None = getattr(self, name)
            if given is not None and not outside_settings.split_values(given):
                raise ValueError(f"OKIENKO_{name.upper()} holds nothing but commas")
        return self

    @property
    def sandboxed(self) -> bool:
        """Return whether stand-ins answer for providers without a key."""
        return self.sandbox is not outside_settings.SandboxMode.OFF

    @property
    def slows_floods(self) -> bool:
        """Return whether floods are slowed down: not where one tries the desk alone, but wherever others reach it."""
        return self.rate_limits == "on" and self.sandbox is not outside_settings.SandboxMode.ON

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'okienko.sqlite').absolute()}"

    @property
    def base_url(self) -> str:
        """The address of the desk, without a slash at the end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def secret_keys(self) -> tuple[SecretStr, ...]:
        """The desk's key, then those that it replaces; none were given: one is made."""
        return outside_settings.split_values(self.secret_key)

    @property
    def api_tokens(self) -> tuple[SecretStr, ...]:
        """The tokens of the seller's API, the newest first; none: that API is closed."""
        return outside_settings.split_values(self.api_token) or (
            (SecretStr(SANDBOX_API_TOKEN),) if self.sandboxed else ()
        )

    @property
    def money_tokens(self) -> tuple[SecretStr, ...]:
        """The tokens that may give money back, the newest first; none: that is done at the providers."""
        return outside_settings.split_values(self.api_money_token) or (
            (SecretStr(SANDBOX_MONEY_TOKEN),) if self.sandboxed else ()
        )

    def points(self, provider: str) -> bool:
        """Return whether any setting of `provider` (`smsapi`, `smtp` …) was given.

        Then it isn't the sandbox's stand-in.
        """
        return any(name.startswith(f"{provider}_") for name in self.model_fields_set)

    def missing_for_live(self, providers: frozenset[str] | None = None) -> list[str]:
        """Return the settings without which the desk can't go live, by name; empty with the sandbox on.

        `providers`: those that the profile needs, of `NEEDED_BY_PROVIDER`; None: all.
        """
        if self.sandboxed:
            return []
        wanted: list[str] = [*ALWAYS_NEEDED]
        for provider, fields in NEEDED_BY_PROVIDER.items():
            if providers is None or provider in providers:
                wanted += fields
        missing = [f"OKIENKO_{name.upper()}" for name in dict.fromkeys(wanted) if getattr(self, name) is None]
        https = urlsplit(self.base_url).scheme == "https" or leads_to_loopback(self.telegram_base_url)
        if self.public_url and self.telegram_token and self.telegram_mode == "webhook" and not https:
            missing.append("OKIENKO_PUBLIC_URL with https (Telegram brings updates to no other)")
        return missing


REPLACEABLE = ("secret_key", "api_token", "api_money_token", "rest_token", "actions_token")
"""Secrets of the desk's own that take two values with a comma, the new one first."""


ALWAYS_NEEDED = ("secret_key", "public_url", "api_token")
NEEDED_BY_PROVIDER: dict[str, tuple[str, ...]] = {
    "smsapi": ("smsapi_token",),
    "smtp": ("smtp_host", "smtp_from"),
    **{entry.name: entry.needed_settings for entry in PROVIDERS},
}
PAGES = {"przelewy24": "go-live-with-przelewy24.md", "stripe": "go-live-with-stripe.md"}


def page_on(setting: str) -> str:
    """Return the page of the documentation that says where the value of `OKIENKO_…` comes from."""
    provider = setting.removeprefix("OKIENKO_").partition("_")[0].lower()
    return f"docs/how-to/{PAGES.get(provider, 'go-live.md')}"


class OwnSettings(Settings):
    """Settings of a desk that a command starts for itself, read neither from the environment nor from `.env`."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)
