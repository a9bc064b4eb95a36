"""Settings: what is refused, what is missing, what is misplaced, and what must not be shown."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bot.app.routes import rest_flood
from bot.app.secret_key import load_or_make
from bot.app.settings import OwnSettings, Settings, page_on
from bot.app.unsafe_settings import list_misplaced_settings
from docs.dev.generated.settings_page import PAGE, page
from tests.kit.rows import each_row
from tests.table import table

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine, no `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"OKIENKO_{name.upper()}", raising=False)


def settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"OKIENKO_{name}", value)
    return Settings()


def test_without_any_setting_the_desk_can_be_tried(tmp_path: Path) -> None:
    found = Settings()
    assert found.sandboxed
    assert found.missing_for_live() == []
    assert found.database == f"sqlite:///{tmp_path / 'data' / 'okienko.sqlite'}"
    assert found.base_url == "http://127.0.0.1:8080"
    assert [token.get_secret_value() for token in found.api_tokens] == ["sandbox"]


def test_an_empty_value_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, TELEGRAM_TOKEN="", PORT="").telegram_token is None


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "okienko.example"])
def test_the_sandbox_is_for_this_machine_only_unless_said(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="OKIENKO_SANDBOX=public"):
        settings(monkeypatch, HOST=host)
    assert settings(monkeypatch, HOST=host, SANDBOX="public").sandboxed
    assert not settings(monkeypatch, HOST=host, SANDBOX="off").sandboxed


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_every_loopback_address_will_do(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, HOST=host).host == host


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("RATE_LIMITS", "off", "sandbox only"),
        ("SECRET_KEY", "short", "32 characters"),
        ("API_TOKEN", "sandbox", "everybody knows"),
    ],
)
def test_what_will_do_in_the_sandbox_is_refused_live(
    name: str, value: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert getattr(settings(monkeypatch, **{name: value}), name.lower()) in (value, SecretStr(value))
    with pytest.raises(ValidationError, match=why):
        settings(monkeypatch, SANDBOX="off")


def test_what_is_missing_to_go_live_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, SANDBOX="off", SMSAPI_TOKEN="t", SMTP_HOST="h")
    shown = found.missing_for_live(frozenset({"smsapi", "smtp"}))
    assert shown == ["OKIENKO_SECRET_KEY", "OKIENKO_PUBLIC_URL", "OKIENKO_API_TOKEN", "OKIENKO_SMTP_FROM"]
    assert "OKIENKO_PRZELEWY24_CRC" in (all_of_them := found.missing_for_live())
    assert all((ROOT / page_on(name)).is_file() for name in all_of_them)
    assert page_on("OKIENKO_PRZELEWY24_CRC") == "docs/how-to/go-live-with-przelewy24.md"


def test_a_live_desk_that_only_this_machine_reaches_may_have_the_sandboxs_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    home = {"SANDBOX": "off", "PUBLIC_URL": "http://127.0.0.1:8080", "SECRET_KEY": "short", "API_TOKEN": "sandbox"}
    webhook = {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_MODE": "webhook", "TELEGRAM_BASE_URL": "http://127.0.0.1:9/bot"}
    assert settings(monkeypatch, **home, **webhook).missing_for_live(frozenset()) == []
    with pytest.raises(ValidationError, match="32 characters"):
        settings(monkeypatch, HOST="0.0.0.0")
    with pytest.raises(ValidationError, match="32 characters"):
        settings(monkeypatch, HOST="127.0.0.1", PUBLIC_URL="https://okienko.example")


def test_a_telegram_webhook_needs_https(monkeypatch: pytest.MonkeyPatch) -> None:
    live = {"SANDBOX": "off", "SECRET_KEY": "k" * 32, "API_TOKEN": "t", "TELEGRAM_TOKEN": "1:a"}
    found = settings(monkeypatch, **live, TELEGRAM_MODE="webhook", PUBLIC_URL="http://okienko.example")
    assert any("https" in missing for missing in found.missing_for_live(frozenset()))
    found = settings(monkeypatch, PUBLIC_URL="https://okienko.example/")
    assert found.missing_for_live(frozenset()) == []
    assert found.base_url == "https://okienko.example"


def test_a_provider_that_is_set_is_no_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, SMSAPI_URL="http://127.0.0.1:9/sms.do")
    assert found.points("smsapi")
    assert not found.points("smtp")


@pytest.mark.parametrize(
    "values", [{"PORT": "x"}, {"PUBLIC_URL": "desk"}, {"TELEGRAM_BASE_URL": "http://a/bot/"}, {"SANDBOX": "yes"}]
)
def test_what_can_not_be_meant_is_refused(values: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError):
        settings(monkeypatch, **values)


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary" * 7
    secret = {n.upper(): canary for n, field in Settings.model_fields.items() if "Secret" in str(field.annotation)}
    assert len(secret) >= 10
    found = settings(monkeypatch, **secret, DATABASE_URL=f"postgresql://u:{canary}@h/d")
    assert canary not in repr(found) + str(found)
    with pytest.raises(ValidationError) as refused:
        settings(monkeypatch, HOST="0.0.0.0", PORT=canary)
    assert canary not in str(refused.value)


def test_a_help_desk_needs_all_of_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().chatwoot is None
    assert settings(monkeypatch, CHATWOOT_TOKEN="canary").chatwoot is None, "without an address there is none"
    with pytest.raises(ValidationError) as refused:
        settings(monkeypatch, CHATWOOT_URL="https://help.example", CHATWOOT_ACCOUNT_ID="1")
    assert "OKIENKO_CHATWOOT_INBOX_ID, OKIENKO_CHATWOOT_WEBHOOK_SECRET" in str(refused.value)
    assert "canary" not in str(refused.value)
    found = settings(monkeypatch, CHATWOOT_INBOX_ID="2", CHATWOOT_WEBHOOK_SECRET="s").chatwoot
    assert found is not None
    assert (found.account_id, found.inbox_id, found.token.get_secret_value()) == (1, 2, "canary")


def test_voices_go_encrypted_or_not_over_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().transcription_url is None
    assert Settings().transcription_model == "whisper-1"
    for url in ("https://hears.example/v1", "http://127.0.0.1:8000/v1", "http://localhost:8000/v1"):
        assert settings(monkeypatch, TRANSCRIPTION_URL=url).transcription_url == url
    for url in ("http://hears.example/v1", "https://hears.example", "https://hears.example/v1/", "hears.example/v1"):
        with pytest.raises(ValidationError):
            settings(monkeypatch, TRANSCRIPTION_URL=url)


def test_events_need_a_secret_that_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (f"whsec_{base64.b64encode(letter * 32).decode()}" for letter in (b"a", b"b"))
    assert Settings().event_keys == ()
    assert settings(monkeypatch, EVENTS_SECRET=one).event_keys == (), "nobody listens"
    monkeypatch.setenv("OKIENKO_EVENTS_URL", "https://erp.example/hooks")
    assert settings(monkeypatch, EVENTS_SECRET=one).event_keys == (b"a" * 32,)
    assert settings(monkeypatch, EVENTS_SECRET=f"{other}, {one}").event_keys == (b"b" * 32, b"a" * 32)
    for wrong in ("", ",", "whsec_c2hvcnQ=", "canary-no-base64!"):
        with pytest.raises(ValidationError) as refused:
            settings(monkeypatch, EVENTS_SECRET=wrong)
        assert "canary" not in str(refused.value)


def test_the_sandboxs_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_or_make(folder), range(32)))
    [key] = keys
    assert len(key) >= 64
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]


def test_the_reference_page_is_current() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), "run python -m docs.dev.generated.settings_page"
    unlisted = [name for name in Settings.model_fields if f"`OKIENKO_{name.upper()}` |" not in page()]
    assert unlisted == [], "declare it in a group of bot/app/settings.py"
    assert all(field.description for field in Settings.model_fields.values())


@each_row
def test_single_sign_on_is_whole_and_over_https(
    given: dict[str, str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValidationError, match=why):
        settings(monkeypatch, **given)
    whole = {"OIDC_CLIENT_ID": "desk", "OIDC_CLIENT_SECRET": "s"}
    for issuer in ("https://id.example/realm", "http://127.0.0.1:9000"):
        assert settings(monkeypatch, OIDC_ISSUER=issuer, **whole).oidc_issuer == issuer


def test_a_desk_that_a_command_starts_for_itself_reads_no_real_desks_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("OKIENKO_SANDBOX=off\n")
    monkeypatch.setenv("OKIENKO_TELEGRAM_TOKEN", "1:real")
    own = OwnSettings(port=0)
    assert (own.port, own.sandboxed, own.telegram_token) == (0, True, None)


@table(("given", "counted"), [({}, False), ({"sandbox": "public"}, True), ({"sandbox": "off"}, True)])
def test_requests_on_rest_channel_are_counted_wherever_others_reach_it(given: dict[str, Any], counted: bool) -> None:
    assert (rest_flood(OwnSettings(**given)) is not None) == counted


WELL = "Okno <desk@example.com>"


@each_row
def test_each_is_named_with_what_belongs_there(given: dict[str, Any], told: str) -> None:
    (said,) = list_misplaced_settings(OwnSettings(**given), WELL)
    assert told in said
    assert "abcdef" not in said


def test_what_is_right_is_taken() -> None:
    assert list_misplaced_settings(OwnSettings(), WELL) == []
    given: dict[str, Any] = {
        "smtp_from": "desk@example.com",
        "support_email": "help@example.com",
        "smsapi_sender": "Conti",
        "stripe_secret_key": "rk_live_x",
        "stripe_webhook_secret": "whsec_x",
        "telegram_token": "123456:AA-bb_c",
    }
    assert list_misplaced_settings(OwnSettings(**given), WELL) == []
    assert "`mail_sender` under [brand]" in list_misplaced_settings(OwnSettings(), "Conti Insieme")[0]


def test_a_bad_secret_of_events_names_its_setting() -> None:
    with pytest.raises(ValueError, match="OKIENKO_EVENTS_SECRET"):
        OwnSettings(events_url="https://shop.example/hook", events_secret="not base64!")  # type: ignore[arg-type]
