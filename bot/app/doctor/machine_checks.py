"""The machine (data folder, disk, clock) and the mailer: nothing is written to try them, and no server is asked."""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from bot.app.doctor.findings import Finding, doubtful, report_ok, wrong
from bot.app.providers import needed_providers
from bot.app.settings import Settings
from bot.app.unsafe_settings import serves_rest
from bot.handlers.chatwoot.agent_replies import PATH as HELP_DESK
from bot.handlers.console.single_sign_on import BACK
from bot.handlers.telegram.webhook import PATH as TELEGRAM
from bot.profile import Profile
from services.payments.providers.registry import PROVIDERS
from services.store.database import parse_url
from services.store.errors import StoreError
from values.loopback import is_loopback, leads_to_loopback

MAILER = "mailer"
_INVENTED = ("example.com", "example.org", "example.net", "example")
_TLS_FROM_THE_START, _SUBMISSION = 465, (587, 25)


def mail_findings(settings: Settings, profile: Profile) -> Iterator[Finding]:
    """Yield ports and encryption that don't fit, a log-in that is half set, and a sender of another domain."""
    if settings.smtp_host is None:
        if settings.sandboxed:
            yield report_ok(MAILER, "the sandbox keeps the mails")
        return  # on a live desk it is told as missing
    sender = parseaddr(settings.smtp_from or profile.brand.mail_sender)[1]
    found = [*_way(settings), *_log_in(settings), *_domain(settings, sender)]
    yield from found
    if not found:
        yield report_ok(MAILER, f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_tls}), as {sender}")


def _way(settings: Settings) -> Iterator[Finding]:
    port, tls = settings.smtp_port, settings.smtp_tls
    if port == _TLS_FROM_THE_START and tls == "starttls":
        what = "port 465 is encrypted from the first byte, and OKIENKO_SMTP_TLS is starttls"
        yield doubtful(MAILER, what, "Set OKIENKO_SMTP_TLS=tls, or port 587.")
    elif port in _SUBMISSION and tls == "tls":
        what = f"port {port} begins in clear, and OKIENKO_SMTP_TLS is tls"
        yield doubtful(MAILER, what, "Set OKIENKO_SMTP_TLS=starttls, or port 465.")


def _log_in(settings: Settings) -> Iterator[Finding]:
    given = {"OKIENKO_SMTP_USER": settings.smtp_user, "OKIENKO_SMTP_PASSWORD": settings.smtp_password}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) == 1:
        other = next(name for name in given if name not in missing)
        yield doubtful(
            MAILER, f"{other} is set without {missing[0]}: the desk doesn't log in", f"Set {missing[0]}, too."
        )
    elif missing and not is_loopback(settings.smtp_host or "") and not settings.sandboxed:
        what = "neither user nor password is set for a mail server on another machine"
        yield doubtful(MAILER, what, "Set both, unless it knows this machine.")


def _domain(settings: Settings, sender: str) -> Iterator[Finding]:
    if settings.sandboxed or leads_to_loopback(settings.base_url):
        return
    if "@" not in sender:  # told with the settings
        return
    of_mails, of_desk = sender.rpartition("@")[2].lower(), (urlsplit(settings.base_url).hostname or "").lower()
    if any(of_mails == name or of_mails.endswith(f".{name}") for name in _INVENTED):
        what = f"mails are sent as {sender}, an address of the template"
        yield doubtful(MAILER, what, "Set OKIENKO_SMTP_FROM, or `mail_sender` under [brand] in profile.toml.")
    elif not _related(of_mails, of_desk):
        what = f"mails come from {of_mails}, their links lead to {of_desk}"
        yield doubtful(MAILER, what, "Choose a sender of the desk's own domain if you can: filters like it better.")


def _related(one: str, other: str) -> bool:
    """Return whether two hosts share the two last labels, or the three last where those are short (`co.uk`)."""

    def owner(host: str) -> list[str]:
        labels = host.split(".")
        short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
        return labels[-3:] if short else labels[-2:]

    return owner(one) == owner(other)


FOLDER, DISK, CLOCK = "data folder", "disk", "clock"
LITTLE, TOO_LITTLE = 2**30, 100 * 2**20
"""Bytes: room for weeks of conversations, and what a back-up or a log that is written back can need at once."""
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""Before this no release of the desk was made: a clock that says so was never set."""
RUN = Path("/run")
_SYNCHRONISED = "systemd/timesync/synchronized"
_OTHERS = ("chrony/chronyd.pid", "ntpd.pid", "openntpd.pid")


def folder_findings(settings: Settings) -> Iterator[Finding]:
    """Yield whether the data folder is there or can be made, may be written to, and by whom."""
    folder = settings.data_dir.absolute()
    there = _nearest(folder)
    if not there.is_dir():
        yield wrong(FOLDER, f"{folder} can't be made: {there} is a file", "Name another by OKIENKO_DATA_DIR.")
        return
    if not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        what = f"{there} can't be written to by this user"
        yield wrong(FOLDER, what, "Give it to the desk's user (chown), or name another by OKIENKO_DATA_DIR.")
        return
    if there == folder and (mode := stat.S_IMODE(folder.stat().st_mode)) & 0o007 and not settings.sandboxed:
        what = f"everybody on this machine may look into {folder} ({mode:o}), where personal data lie"
        yield doubtful(FOLDER, what, f"chmod 700 {folder}")
    elif not settings.data_dir.is_absolute() and not settings.sandboxed:
        what = f"OKIENKO_DATA_DIR is relative, here {folder}: from another folder the desk would make another one"
        yield doubtful(FOLDER, what, "Write the whole path.")
    else:
        yield report_ok(FOLDER, str(folder) if there == folder else f"{folder}: none yet, the first start makes it")


def disk_findings(settings: Settings) -> Iterator[Finding]:
    """Yield how much room is left where the desk writes."""
    for folder in dict.fromkeys(_nearest(one) for one in _written(settings)):
        free = shutil.disk_usage(folder).free
        what = f"{free / 2**30:.1f} GiB free at {folder}"
        if free < TOO_LITTLE:
            yield wrong(DISK, what, "Make room: with a full disk the desk answers 503 and takes nothing.")
        elif free < LITTLE:
            yield doubtful(DISK, what, "Make room soon, or move OKIENKO_DATA_DIR to a larger disk.")
        else:
            yield report_ok(DISK, what)


def clock_findings(now: datetime, run: Path = RUN) -> Iterator[Finding]:
    """Yield whether the clock can be right; who keeps it right is seen by files alone."""
    if now < MADE:
        yield wrong(CLOCK, f"it says {now:%Y-%m-%d}, before this release was made", "Set it: timedatectl set-ntp true")
    elif (run / _SYNCHRONISED).exists() or any((run / one).exists() for one in _OTHERS):
        yield report_ok(CLOCK, f"{now:%Y-%m-%d %H:%M} UTC, kept right by a time service")
    elif (run / "systemd/system").is_dir():
        what = f"{now:%Y-%m-%d %H:%M} UTC, and no time service was seen to keep it right"
        yield doubtful(CLOCK, what, "Look at `timedatectl`; switch one on: timedatectl set-ntp true")
    else:
        yield report_ok(CLOCK, f"{now:%Y-%m-%d %H:%M} UTC; whether it is kept right can't be seen here")


def _written(settings: Settings) -> Iterator[Path]:
    yield settings.data_dir.absolute()
    try:
        url = parse_url(settings.database)
    except (ValueError, StoreError):
        return  # told with the database
    if url.drivername == "sqlite":
        yield Path(str(url.database)).absolute().parent


def _nearest(path: Path) -> Path:
    """Return the path, or what of it is there."""
    return next(one for one in (path, *path.parents) if one.exists())


ADDRESS, PANELS, REST = "address", "webhook", "REST"
TELEGRAMS_PORTS = (None, 443, 80, 88, 8443)
"""The ports to which Telegram brings updates."""
_PASTED = {"stripe", "paypal"}
"""The providers in whose panels the address for notices is written by hand; to the others the desk says it."""


def address_findings(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with the address under which the desk is reached."""
    url, parts = settings.base_url, urlsplit(settings.base_url)
    at_home = leads_to_loopback(url)
    if parts.path or parts.query or parts.fragment:
        what = f"OKIENKO_PUBLIC_URL has a path behind the host: {parts.path or '?'}"
        yield wrong(ADDRESS, what, "The desk needs a host of its own, such as https://desk.example.com")
    elif settings.sandboxed or not at_home:
        yield report_ok(ADDRESS, f"customers and providers reach the desk at {url}")
    else:
        what = f"{url} is reached from this machine alone: well for a rehearsal"
        yield doubtful(ADDRESS, what, "For customers set OKIENKO_PUBLIC_URL to the proxy's address, with https://.")
    if not settings.sandboxed and not at_home and not is_loopback(settings.host):
        what = f"the desk listens on {settings.host}: whoever reaches its port speaks plain http with it"
        remedy = "Let only the proxy through to the port, and name the proxy in FORWARDED_ALLOW_IPS; or leave it out."
        yield doubtful(ADDRESS, f"OKIENKO_HOST is set, so {what}", remedy)
    if settings.telegram_mode == "webhook" and _port(url) not in TELEGRAMS_PORTS:
        what = "Telegram brings updates to the ports 443, 80, 88 and 8443 only"
        yield wrong(ADDRESS, what, "Change the port in OKIENKO_PUBLIC_URL, or set OKIENKO_TELEGRAM_MODE=polling.")


def panel_findings(settings: Settings, profile: Profile) -> Iterator[Finding]:
    """Yield the addresses that must stand in other people's panels, to be compared by a person."""
    at, on = settings.base_url, needed_providers(profile)
    for entry in PROVIDERS:
        if entry.name not in on or (settings.sandboxed and not settings.points(entry.name)):
            continue
        notices = f"{at}/webhooks/payments/{entry.name}"
        where = "must stand in its panel" if entry.name in _PASTED else "the desk says it with each payment"
        yield report_ok(PANELS, f"{entry.title}: {notices} ({where})")
    if settings.telegram_token is not None and settings.telegram_mode == "webhook":
        yield report_ok(PANELS, f"Telegram: {at}{TELEGRAM} (the desk registers it at its start)")
    if settings.chatwoot is not None:
        yield report_ok(PANELS, f"Chatwoot: {at}{HELP_DESK} (must stand in the inbox)")
    if settings.oidc_issuer is not None:
        yield report_ok(PANELS, f"single sign-on: {at}{BACK} (must stand at the provider as redirect URI)")
    if settings.events_url is not None:
        yield report_ok(PANELS, f"events go to {_without_secrets(settings.events_url)}")


def rest_findings(settings: Settings) -> Iterator[Finding]:
    """Yield what an open REST channel means on a desk that others reach."""
    if not serves_rest(settings):
        yield report_ok(REST, "the channel is off")
    elif settings.rest_tokens or settings.sandboxed:
        yield report_ok(REST, "the channel asks for its token" if settings.rest_tokens else "open, as the sandbox is")
    else:
        what = (
            "the channel asks for no token: all customers of one server count as one network (the sixth code of an "
            "hour is refused), and anybody may be a client"
        )
        yield doubtful(REST, what, "Set OKIENKO_REST_TOKEN and OKIENKO_REST=on, or OKIENKO_REST=off.")


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return -1


def _without_secrets(url: str) -> str:
    """Return the address without user, password and query, any of which may be a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
