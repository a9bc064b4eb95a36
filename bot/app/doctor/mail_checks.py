"""The mailer: what can be seen of it without asking the mail server or the name service."""

from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit

from bot.app.doctor.findings import Finding, doubtful, well
from bot.app.settings import Settings
from bot.profile import Profile
from values.loopback import is_loopback, leads_to_loopback

MAILER = "mailer"
_INVENTED = ("example.com", "example.org", "example.net", "example")
_TLS_FROM_THE_START, _SUBMISSION = 465, (587, 25)


def mail_findings(settings: Settings, profile: Profile) -> Iterator[Finding]:
    """Yield ports and encryption that don't fit, a log-in that is half set, and a sender of another domain."""
    if settings.smtp_host is None:
        if settings.sandboxed:
            yield well(MAILER, "the sandbox keeps the mails")
        return  # on a live desk it is told as missing
    sender = parseaddr(settings.smtp_from or profile.brand.mail_sender)[1]
    found = [*_way(settings), *_log_in(settings), *_domain(settings, sender)]
    yield from found
    if not found:
        yield well(MAILER, f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_tls}), as {sender}")


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
