"""All settings of the desk: `OKIENKO_*` in the environment or in `.env`, read once, at the start.

Nothing below the composition root sees this class: services and handlers are given plain arguments.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from msgspec import Struct
from pydantic import Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

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

BotUrl = Annotated[str, StringConstraints(pattern=r"^https?://\S+/bot$")]
V1Url = Annotated[str, StringConstraints(pattern=r"^https?://\S+/v1$")]

CHATWOOT = ("chatwoot_account_id", "chatwoot_inbox_id", "chatwoot_token", "chatwoot_webhook_secret")
"""The settings that a Chatwoot's address needs beside it, in the order of `ChatwootGiven`."""


class ChatwootGiven(Struct, frozen=True):
    """All that is needed to speak with a Chatwoot."""

    url: str
    account_id: int
    inbox_id: int
    token: SecretStr
    webhook_secret: SecretStr


class SandboxMode(StrEnum):
    """The mode of the stand-ins: `on` for loopback only, `public` where others may reach them, `off` when live."""

    ON = "on"
    OFF = "off"
    PUBLIC = "public"


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


class SandboxSettings(LateModel):
    """The sandbox."""

    sandbox: SandboxMode = Field(
        default=SandboxMode.ON,
        description="`on`: stand-ins for every provider, on loopback: a request under another host or through a proxy "
        "is answered 403, and closes `/sandbox` until a restart; `public`: the same, reachable by others; `off`: live.",
    )
    sandbox_url: Url | None = Field(
        default=None,
        description="An `okienko sandbox` shared by several desks; those on one database need it. Default: own.",
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


class SingleSignOnSettings(LateModel):
    """Single sign-on of agents."""

    oidc_issuer: Url | None = Field(
        default=None,
        description="OpenID Connect provider by which agents may log in at `/desk`; default: by password only.",
    )
    oidc_client_id: str | None = Field(default=None, description="This desk's client id there.")
    oidc_client_secret: SecretStr | None = Field(default=None, description="Its secret.")
    oidc_role_claim: str | None = Field(
        default=None,
        description="Claim of the ID token or of UserInfo that names the agent's role (`agent`, `supervisor`, "
        "`admin`); default: the role that was given here.",
    )
    oidc_prompt: Literal["login", "select_account", "off"] | None = Field(
        default=None,
        description="How the provider is told to ask who it is after a log-out; default: as its discovery document "
        "suggests.",
    )
    oidc_trust_email: Literal["on", "off"] = Field(
        default="off",
        description="`on`: addresses of this issuer count without `email_verified`. Only for a provider whose "
        "administrators alone set addresses.",
    )

    @model_validator(mode="after")
    def _single_sign_on_is_whole(self) -> Self:
        if self.oidc_issuer is None:
            return self
        if self.oidc_client_id is None or self.oidc_client_secret is None:
            raise ValueError("OKIENKO_OIDC_ISSUER needs OKIENKO_OIDC_CLIENT_ID and OKIENKO_OIDC_CLIENT_SECRET")
        if urlsplit(self.oidc_issuer).scheme != "https" and not leads_to_loopback(self.oidc_issuer):
            raise ValueError("OKIENKO_OIDC_ISSUER must be https, except on loopback")
        return self


class TelegramSettings(LateModel):
    """Telegram."""

    telegram_token: SecretStr | None = Field(
        default=None, description="The bot's token; without it the channel is off, or the sandbox's stand-in."
    )
    telegram_base_url: BotUrl = Field(
        default="https://api.telegram.org/bot",
        description="The Bot API, ending in `/bot`; the file URL follows from it.",
    )
    telegram_mode: Literal["polling", "webhook", "off"] = Field(
        default="polling",
        description="`webhook` needs a public https address (`OKIENKO_PUBLIC_URL`); `off`: no Telegram, not even the "
        "sandbox's.",
    )
    telegram_desk_chat: int | None = Field(
        default=None,
        description="Number of the agents' group, a supergroup with topics (`-100…`): whoever waits for a person has a "
        "topic there. Default: none.",
    )


class RestSettings(LateModel):
    """REST channel."""

    rest: Literal["on", "off", "open"] | None = Field(
        default=None,
        description="The REST channel in Rasa's form. Default: `on` in the sandbox and towards loopback; `off` on a "
        "live desk that others reach. There `on` needs the token below, and only `open` does without one: anybody may "
        "be a client then.",
    )
    rest_token: SecretStr | None = Field(
        default=None,
        description="Bearer that the REST channel asks for; two with a comma while one replaces the other; default: "
        "none.",
    )
    rest_per_minute: int = Field(
        default=60,
        ge=1,
        description="Requests a minute that one sender may make on the REST channel; one address: ten times. Nobody is "
        "counted with the sandbox `on`; with `public` and `off` everybody is.",
    )
    desk_url: Url | None = Field(
        default=None,
        description="Where `okienko actions` finds the desk's REST channel; default: the desk's own address.",
    )
    actions_token: SecretStr | None = Field(
        default=None,
        description="Bearer that `okienko actions` asks for, 32 characters at least; two with a comma while one "
        "replaces the other. Needed where it listens on another address than loopback; default: none.",
    )

    @property
    def rest_tokens(self) -> tuple[SecretStr, ...]:
        """The tokens of the REST channel, the newest first; none: it asks for none."""
        return split_values(self.rest_token)

    @property
    def actions_tokens(self) -> tuple[SecretStr, ...]:
        """The tokens of the action server, the newest first; none: it asks for none."""
        return split_values(self.actions_token)


class SmsapiSettings(LateModel):
    """SMSAPI."""

    smsapi_url: Url = Field(default="https://api.smsapi.pl/sms.do", description="Full address of `sms.do`.")
    smsapi_token: SecretStr | None = Field(default=None, description="OAuth token.")
    smsapi_sender: str | None = Field(default=None, description="Registered sender name; default: the account's own.")


class MailSettings(LateModel):
    """Mail (SMTP)."""

    smtp_host: str | None = Field(default=None, description="Host of the mail server.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_user: str | None = Field(default=None, description="User name, where the server asks for one.")
    smtp_password: SecretStr | None = Field(default=None, description="Its password.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(default="starttls", description="`none` on loopback only.")
    smtp_from: str | None = Field(default=None, description="Sender of mails: `Name <address>`.")


class RegisterSettings(LateModel):
    """Registers."""

    mf_url: Url = Field(
        default="https://wl-api.mf.gov.pl", description="White list of the Ministry of Finance; no key."
    )
    gus_url: Url = Field(
        default="https://wyszukiwarkaregon.stat.gov.pl/wsBIR/UslugaBIRzewnPubl.svc",
        description="GUS BIR1.1, second source.",
    )
    gus_key: SecretStr | None = Field(default=None, description="User key given by GUS.")
    vies_url: Url = Field(default="https://ec.europa.eu/taxation_customs/vies/rest-api", description="VIES; no key.")


class ChatwootSettings(LateModel):
    """Chatwoot."""

    chatwoot_url: Url | None = Field(
        default=None, description="Address of the seller's own help desk; it needs the four below. Default: none."
    )
    chatwoot_account_id: int | None = Field(default=None, ge=1, description="Number of the account there.")
    chatwoot_inbox_id: int | None = Field(default=None, ge=1, description="Number of its inbox of the kind “API”.")
    chatwoot_token: SecretStr | None = Field(
        default=None, description="Access token of an administrator of its own, who answers nobody."
    )
    chatwoot_webhook_secret: SecretStr | None = Field(
        default=None, description="Secret of the inbox, by which its webhooks are signed."
    )

    @model_validator(mode="after")
    def _help_desk_is_whole(self) -> Self:
        missing = [f"OKIENKO_{name.upper()}" for name in CHATWOOT if getattr(self, name) in (None, SecretStr(""))]
        if self.chatwoot_url is not None and missing:
            raise ValueError(f"OKIENKO_CHATWOOT_URL needs {', '.join(missing)}")
        return self

    @property
    def chatwoot(self) -> "ChatwootGiven | None":
        """The seller's own help desk; None: there is none."""
        if self.chatwoot_url is None:
            return None
        return ChatwootGiven(self.chatwoot_url, *(getattr(self, name) for name in CHATWOOT))


class HearingSettings(LateModel):
    """Voice notes."""

    transcription_url: V1Url | None = Field(
        default=None,
        description="Recogniser of speech in OpenAI's form, ending in `/v1`, https except on loopback: customers' "
        "recordings go there. Default: none, voice notes are asked for in writing; or the sandbox's stand-in.",
    )
    transcription_key: SecretStr | None = Field(default=None, description="Bearer for it, where it asks for one.")
    transcription_model: str = Field(default="whisper-1", description="Model's name there.")

    @model_validator(mode="after")
    def _voices_go_encrypted(self) -> Self:
        url = self.transcription_url
        if url is not None and urlsplit(url).scheme != "https" and not leads_to_loopback(url):
            raise ValueError("OKIENKO_TRANSCRIPTION_URL must be https, except on loopback")
        return self


class SettingsGroups(
    DeskSettings,
    SandboxSettings,
    SellerSystemSettings,
    SingleSignOnSettings,
    TelegramSettings,
    RestSettings,
    SmsapiSettings,
    MailSettings,
    RegisterSettings,
    ChatwootSettings,
    HearingSettings,
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
        if self.sandbox is SandboxMode.ON and not is_loopback(self.host):
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
            if given is not None and not split_values(given):
                raise ValueError(f"OKIENKO_{name.upper()} holds nothing but commas")
        return self

    @property
    def sandboxed(self) -> bool:
        """Return whether stand-ins answer for providers without a key."""
        return self.sandbox is not SandboxMode.OFF

    @property
    def slows_floods(self) -> bool:
        """Return whether floods are slowed down: not where one tries the desk alone, but wherever others reach it."""
        return self.rate_limits == "on" and self.sandbox is not SandboxMode.ON

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
        return split_values(self.secret_key)

    @property
    def api_tokens(self) -> tuple[SecretStr, ...]:
        """The tokens of the seller's API, the newest first; none: that API is closed."""
        return split_values(self.api_token) or ((SecretStr(SANDBOX_API_TOKEN),) if self.sandboxed else ())

    @property
    def money_tokens(self) -> tuple[SecretStr, ...]:
        """The tokens that may give money back, the newest first; none: that is done at the providers."""
        return split_values(self.api_money_token) or ((SecretStr(SANDBOX_MONEY_TOKEN),) if self.sandboxed else ())

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


def split_values(given: SecretStr | None) -> tuple[SecretStr, ...]:
    """Return the values that a setting holds with commas between them."""
    parts = given.get_secret_value().split(",") if given is not None else ()
    return tuple(SecretStr(part.strip()) for part in parts if part.strip())


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
