"""Errors of services that ask a system outside.

    ServiceError
    ├── Refused         the far end said no for good: asking again changes nothing, the customer may change something
    ├── Unavailable     no answer: the same question may be put again later
    │   └── StillPending  an answer: nothing is settled yet
    ├── Misconfigured   our keys, rights or request are wrong: no customer can mend it, somebody on call must
    ├── Forged          a notice that is not from whom it says
    ├── Unreadable      a notice that is from whom it says, in a form that we don't know
    └── Conflict        the thing exists already, or has moved on in the meantime

No message, attribute or repr holds personal data or a secret: these errors go to logs and into the journal.
"""

import traceback
from datetime import timedelta


class ServiceError(Exception):
    """Root of the tree. `reason` is a stable code, `origin` the far end's own one ("smsapi 13") where it has one."""

    provider: str | None = None  # whose failure it is, by its breaker; None where only this question failed

    def __init__(self, reason: str, *, origin: str = "") -> None:
        super().__init__(f"{reason} ({origin})" if origin else reason)
        self.reason = reason
        self.origin = origin


class ProviderRefused(ServiceError):
    """The far end said no for good; `reason` is the code by which the customer's text is chosen."""


class ProviderUnavailable(ServiceError):
    """Not answered. `retry_after`: the wait the far end asks for; `uncertain`: it may have been done all the same.

    `of_one`: the far end works, and puts off this one recipient.
    """

    def __init__(
        self,
        reason: str = "unavailable",
        *,
        origin: str = "",
        retry_after: timedelta | None = None,
        uncertain: bool = False,
        of_one: bool = False,
        provider: str | None = None,
    ) -> None:
        super().__init__(reason, origin=origin)
        self.provider = provider
        self.retry_after = retry_after
        self.uncertain = uncertain
        self.of_one = of_one


class StillPending(ProviderUnavailable):
    """Answered: what was asked about isn't settled yet."""


class Misconfigured(ServiceError):
    """Keys, rights or the form of our own request are wrong: raise the alarm, take another way."""


class Forged(ServiceError):
    """A notice whose sender is not proven. The sender is never told which check failed."""


class Unreadable(ServiceError):
    """A proven notice whose form we don't know; the sender is told as of one that isn't proven."""


class Conflict(ServiceError):
    """The thing exists already, or has moved on: read the present state before going on."""


def describe(error: BaseException) -> dict[str, str]:
    """Kind and place, to be added to a log line. The message stays out: it may hold what a customer wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "unknown"
    return {"error": type(error).__name__, "place": place}
