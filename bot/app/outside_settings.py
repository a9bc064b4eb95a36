"""Groups of settings for what the desk speaks with: channels, mail, registers, places of agents; and the sandbox."""

from enum import StrEnum
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from msgspec import Struct
from pydantic import Field, SecretStr, StringConstraints, model_validator

from services.clients.http import Url
from services.late_model import LateModel
from values.loopback import leads_to_loopback

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


def split_values(given: SecretStr | None) -> tuple[SecretStr, ...]:
    """Return the values that a setting holds with commas between them."""
    parts = given.get_secret_value().split(",") if given is not None else ()
    return tuple(SecretStr(part.strip()) for part in parts if part.strip())
