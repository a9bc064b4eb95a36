"""Hand-off: the customer wants a person. The wish is kept, support is mailed, the talk may go on meanwhile."""

from dataclasses import replace

from dialogs.case import Ctx, Handoff
from dialogs.kit import Answered, Decision, Dialog, Event, HumanAsked, Option, Say, Skipped, then
from dialogs.words.account import LoggedIn
from dialogs.words.handoff import (
    HumanRequested,
    MailSupport,
    RequestHuman,
    SupportMailed,
    SupportNotMailed,
)
from values.email import parse as parse_email
from values.expects import Expects
from values.parsed import Parsed

dialog = Dialog("handoff", Handoff, outlives=lambda s: s)


def _email(text: str, _s: Handoff, _ctx: Ctx) -> Parsed[str]:
    return parse_email(text)


email = dialog.ask(
    "agent_email",
    Expects.email,
    slot="email",
    parse=_email,
    when=lambda s, c: s.mode == "waiting" and c.case.account.email is None,
    optional=True,
    options=lambda _s, _c: (Option("agent_email:skip", "option.agent_email.skip"),),
    counted=False,
)


@dialog.always(HumanAsked)
def person_wanted(s: Handoff, _e: HumanAsked, ctx: Ctx) -> Decision[Handoff]:
    """Asked for anywhere, as often as the customer likes; it counts once."""
    return then(s, RequestHuman(s.email or ctx.case.account.email))


@dialog.always(HumanRequested)
def wish_stored(s: Handoff, e: HumanRequested, ctx: Ctx) -> Decision[Handoff]:
    """With an address known the promise can be made at once; without one it is asked for first."""
    address = s.email or ctx.case.account.email
    waiting = replace(s, mode="waiting", asked_at=s.asked_at or e.at)
    if not e.first and s.mode == "waiting":
        return then(waiting, Say("handoff.already"))
    return _promised(waiting, address) if address else then(waiting, Say("handoff.asked"))


@email.on(Answered)
def address_given(s: Handoff, e: Answered, _ctx: Ctx) -> Decision[Handoff]:
    """Now the promise can be made."""
    return _promised(s, str(e.value))


@email.on(Skipped)
def no_address(s: Handoff, _e: Skipped, _ctx: Ctx) -> Decision[Handoff]:
    """The answer will come into this chat."""
    return then(replace(s, email=""), Say("handoff.here"), MailSupport(None))


@dialog.always(LoggedIn)
def address_known(s: Handoff, e: LoggedIn, _ctx: Ctx) -> Decision[Handoff]:
    """Who logs in instead of naming an address mostly has one."""
    return _promised(s, e.view.email) if s.mode == "waiting" and s.email is None and e.view.email else then(s)


@dialog.always(SupportMailed)
@dialog.always(SupportNotMailed)
def support_told(s: Handoff, _e: Event, _ctx: Ctx) -> Decision[Handoff]:
    """The promise stands either way."""
    return then(s)


def _promised(s: Handoff, address: str) -> Decision[Handoff]:
    return then(replace(s, email=address), Say("handoff.promised", {"email": address}), MailSupport(address))
