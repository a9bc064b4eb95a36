"""The settings: what can't be read, is missing, unsafe or of the wrong kind, and what a rehearsal has left behind.

Of a recogniser of speech: whether customers are told whose it is.
"""

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.app.doctor.findings import Finding, Level, doubtful, report_ok, said, wrong
from bot.app.providers import needed_providers
from bot.app.settings import NEEDED_BY_PROVIDER, Settings, page_on
from bot.app.unsafe_settings import doubtful as unclear
from bot.app.unsafe_settings import list_misplaced_settings, unsafe
from bot.profile import Profile
from bot.texts.toml_tables import common
from sandbox.payments import KNOWN_SECRETS
from services.payments.providers.registry import PROVIDERS, TITLES
from values.loopback import leads_to_loopback

_KINDS = {"int": "write a whole number, digits only", "bool": "write true or false", "string": "its form is wrong"}
_FORMS = {
    r"^https?://\S+$": "write an address with https:// in front",
    r"^https?://\S+/bot$": "write an address with https:// in front and /bot at the end",
    r"^https?://\S+/v1$": "write an address with https:// in front and /v1 at the end",
}


def tell_mistakes(error: ValidationError) -> Iterator[str]:
    """Yield one sentence for each. Errors: the error itself, if it isn't about settings."""
    if error.title != Settings.__name__:
        raise error
    for one in error.errors(include_url=False, include_input=False):
        words, bounds = one["msg"].removeprefix("Value error, "), one.get("ctx", {})
        if not one["loc"]:  # several settings that don't fit together: the words name them
            yield words
            continue
        match one["type"]:
            case "literal_error" | "enum":
                words = f"write {_listed(str(bounds['expected']))}"
            case "string_pattern_mismatch":
                words = _FORMS.get(str(bounds["pattern"]), _KINDS["string"])
            case "less_than_equal":
                words = f"write {bounds['le']} at most"
            case "greater_than_equal":
                words = f"write {bounds['ge']} at least"
            case kind:
                words = _KINDS.get(kind.partition("_")[0], words)
        yield f"OKIENKO_{str(one['loc'][0]).upper()}: {words}"


def _listed(expected: str) -> str:
    return " or ".join(re.findall(r"'([^']*)'", expected))


SETTINGS, ENV_FILE, PROVIDERS_KEYS = "settings", ".env", "providers"
MISSING = "with the sandbox off it must be set"


def unreadable(error: ValidationError) -> Iterator[Finding]:
    """Yield the settings that can't be read, by name and without their values."""
    for sentence in tell_mistakes(error):
        name, _, remedy = sentence.partition(": ")
        alone = name.replace("_", "").isalnum() and name.isupper()
        yield wrong(SETTINGS, f"{name} can't be read", remedy) if alone else said(SETTINGS, Level.WRONG, sentence)


def env_file(path: Path) -> Iterator[Finding]:
    """Tell whether the file of settings is read, and who else may read it."""
    if not path.is_file():
        yield report_ok(ENV_FILE, f"none in {path.parent.absolute()}: the environment alone is read")
        return
    if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        what = f"{path.absolute()} holds keys, and others on this machine may read it ({mode:o})"
        yield doubtful(ENV_FILE, what, f"chmod 600 {path.absolute()}")
    else:
        yield report_ok(ENV_FILE, f"{path.absolute()} is read")


def settings_findings(settings: Settings, profile: Profile | None) -> Iterator[Finding]:
    """Yield what keeps a desk from starting, then what may be meant otherwise."""
    found = [said(SETTINGS, Level.WRONG, one) for one in unsafe(settings, KNOWN_SECRETS)]
    found += [said(SETTINGS, Level.WRONG, one) for one in list_misplaced_settings(settings, _sender(settings, profile))]
    missing = settings.missing_for_live(needed_providers(profile) if profile is not None else frozenset())
    found += [wrong(SETTINGS, f"{name}: {MISSING}", f"{page_on(name)} says where it comes from") for name in missing]
    found += [said(SETTINGS, Level.WARNING, one) for one in unclear(settings)]
    found += _left_behind(settings)
    mode = "the sandbox is on" if settings.sandboxed else "the desk is live"
    yield from found or [report_ok(SETTINGS, f"{len(settings.model_fields_set)} are set, {mode}")]


def _sender(settings: Settings, profile: Profile | None) -> str:
    """Return the sender of mails to look at; one that is well where the profile, which has it, can't be read."""
    return profile.brand.mail_sender if profile is not None else settings.smtp_from or "desk@example.com"


def _left_behind(settings: Settings) -> Iterator[Finding]:
    """Yield what is set for a sandbox or a rehearsal on a desk that customers reach."""
    if settings.sandboxed or leads_to_loopback(settings.base_url):
        return
    if settings.sandbox_url is not None:
        yield doubtful(SETTINGS, "OKIENKO_SANDBOX_URL is set, and the sandbox is off", "Take it out.")
    addresses = [name for name in type(settings).model_fields if name.endswith("_url")]
    for name in addresses:
        url: str | None = getattr(settings, name)
        if name in settings.model_fields_set - {"public_url", "database_url", "desk_url"} and leads_to_loopback(
            url or ""
        ):
            what = f"OKIENKO_{name.upper()} leads to this machine, as a rehearsal's does"
            yield doubtful(SETTINGS, what, "Take it out, unless a program of yours listens there.")


def provider_findings(settings: Settings, profile: Profile) -> Iterator[Finding]:
    """Yield of which kind the keys of the payment providers are: live, for tests, or a stand-in's."""
    if settings.sandboxed:
        real = [name for name in (*NEEDED_BY_PROVIDER, "telegram", "gus") if _given(settings, name)]
        yield report_ok(
            PROVIDERS_KEYS, f"stand-ins answer{', but for ' + ', '.join(real) if real else ' for all of them'}"
        )
        return
    for method, name in profile.seller.by_code:
        allowed = f"{TITLES[name]} must allow it (docs/how-to/go-live-with-{name}.md)"
        yield report_ok(PROVIDERS_KEYS, f"codes of {method} are typed in the chat: {allowed}")
    on = [entry.name for entry in PROVIDERS if entry.name in needed_providers(profile)]
    kinds = {name: kind for name in on if (kind := _kind(settings, name)) is not None}
    live, tests = ([name for name in kinds if kinds[name] == kind] for kind in ("live", "tests"))
    if live and tests:
        what = (
            f"{_titles(tests)} is set for tests while {_titles(live)} takes real money: such orders would count as paid"
        )
        yield wrong(PROVIDERS_KEYS, what, "Set the live keys and addresses of both.")
    elif tests:
        yield doubtful(PROVIDERS_KEYS, f"{_titles(tests)} is set for tests: nobody is charged", "Set the live keys.")
    elif kinds:
        listed = ", ".join(f"{TITLES[name]} ({kind})" for name, kind in kinds.items())
        yield report_ok(PROVIDERS_KEYS, f"{listed}: the keys' kinds agree")
    else:
        yield report_ok(
            PROVIDERS_KEYS, "no payment provider has keys" if on else "the profile takes no payments by providers"
        )


def _given(settings: Settings, name: str) -> bool:
    token = f"{name}_token" if name == "telegram" else f"{name}_key" if name == "gus" else ""
    return getattr(settings, token) is not None if token else settings.points(name)


def _kind(settings: Settings, name: str) -> str | None:
    """Return `live`, `tests` or `a stand-in's`; None where the provider has no keys."""
    if any(getattr(settings, field) is None for field in NEEDED_BY_PROVIDER[name]):
        return None
    address: str = getattr(settings, f"{name}_url")
    if leads_to_loopback(address):
        return "a stand-in's"
    key = settings.stripe_secret_key.get_secret_value() if settings.stripe_secret_key is not None else ""
    for_tests = key.startswith(("sk_test_", "rk_test_")) if name == "stripe" else "sandbox" in _host(address)
    return "tests" if for_tests else "live"


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _titles(names: list[str]) -> str:
    return " and ".join(TITLES[name] for name in names)


RECORDINGS, RECOGNISER = "recordings", "voice.recogniser"


def hearing_findings(settings: Settings, profile: Profile) -> Iterator[Finding]:
    """Yield whether a recogniser elsewhere is named in the profile's texts, in each of its languages."""
    if settings.transcription_url is None:
        return
    texts, url = profile.catalogue.texts, settings.transcription_url
    unnamed = [of for of in profile.seller.locales if texts[of].get(RECOGNISER) == common(of).get(RECOGNISER)]
    if leads_to_loopback(url) or not unnamed:
        yield report_ok(RECORDINGS, f"heard at {url}")
        return
    what = f"customers aren't told who hears their recordings ({', '.join(unnamed)})"
    yield doubtful(RECORDINGS, what, f"Write the text {RECOGNISER}: who, in which country, for how long.")
