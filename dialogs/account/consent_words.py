"""Consents in words: the boxes that they tick, and what is said of it."""

from dialogs.kit import Params, Say, Word
from dialogs.state import Ctx
from values.meaning import Consenting


def list_required_consents(ctx: Ctx) -> tuple[str, ...]:
    """Return the ids of the consents without which there is no account."""
    return tuple(consent.id for consent in ctx.seller.consents if consent.obligatory)


def tick_consents(said: Consenting, ticked: tuple[str, ...], ctx: Ctx) -> tuple[str, ...]:
    """Return the ids that are ticked after these words.

    A plain yes keeps what was ticked and adds the required ones; whoever names the required ones, or all, says it all.
    """
    everything, obligatory = tuple(consent.id for consent in ctx.seller.consents), list_required_consents(ctx)
    whole = set(obligatory) <= set(said.given)
    before = {"required": obligatory, "all": everything, "ticked": (*obligatory, *ticked)}.get(said.base, ticked)
    wanted = {*(() if whole and not said.base else before), *said.given} - set(said.refused)
    return tuple(id for id in everything if id in wanted)


def titles(ids: tuple[str, ...]) -> Params:
    """Return the consents' titles for a sentence, and whether they are several."""
    return {"consent": tuple(Word(f"consent.{id}.title") for id in ids), "several": len(ids) > 1}


def say_missing(ids: tuple[str, ...]) -> Say:
    """Say which required consents an account needs."""
    return Say("account.consent_missing", titles(ids))


def say_ticked(ids: tuple[str, ...]) -> Say:
    """Say what was ticked, as the question stays open."""
    return Say("account.consents_ticked", titles(ids))


def say_unticked(ids: tuple[str, ...]) -> Say:
    """Say what is left without a tick, or loses it."""
    return Say("account.consents_unticked", titles(ids))
