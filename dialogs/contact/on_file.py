"""Contact on file: the contact given must equal the seller's; an e-mail is proven by a letter.

Steps of the contact dialog, for sellers who know their customers by number.
"""

from msgspec.structs import replace

from dialogs import lapsed
from dialogs.contact.conditions import ANOTHER_CHANNEL, channel_chosen, find_contact, matches_file, must_prove_by_letter
from dialogs.kit import HUMAN, Answered, Decision, Dialog, Option, Say, need_slot, then
from dialogs.messages import on_file as messages
from dialogs.messages.letters import LetterFailed, LetterSent, SendLetter
from dialogs.state import Contact, Ctx
from values.meaning import Expects


def add_match(dialog: Dialog[Contact]) -> None:
    """Declare the comparison."""
    match = dialog.do(
        "match",
        lambda s, c: messages.MatchContact(
            need_slot(c.case.on_file.number), "phone" if s.channel == "sms" else "email", need_slot(find_contact(s))
        ),
        when=channel_chosen,
        done=matches_file,
        slots=("matched",),
        needs=("phone", "email"),
    )

    @match.on(messages.ContactMatches)
    def note_matching_contact(s: Contact, _e: messages.ContactMatches, _ctx: Ctx) -> Decision[Contact]:
        """Go on to the proof."""
        return then(replace(s, matched=find_contact(s)))

    @match.on(messages.ContactDiffers)
    def refuse_differing_contact(s: Contact, _e: messages.ContactDiffers, _ctx: Ctx) -> Decision[Contact]:
        """Refuse at once and ask again, in the same words whether another contact is on file or none."""
        return then(_without_given(s), Say("contact.differs", {"channel": s.channel}))

    @match.on(messages.MatchesLimited)
    def tell_match_limit(s: Contact, e: messages.MatchesLimited, _ctx: Ctx) -> Decision[Contact]:
        """Stop the tries: the file can't be found out by trying."""
        return then(_without_given(s), Say("contact.matches_limited", {"minutes": -(-e.seconds // 60)}, (HUMAN,)))


def add_proof_letter(dialog: Dialog[Contact]) -> None:
    """Declare the letter, and the wait for its link."""
    _letter(dialog)
    _link(dialog)


def _letter(dialog: Dialog[Contact]) -> None:
    letter = dialog.do(
        "letter",
        lambda s, c: messages.StartProof(need_slot(c.case.on_file.number), need_slot(s.email)),
        when=must_prove_by_letter,
        done=lambda s, _c: s.letter_sent,
        slots=("letter", "letter_sent"),
        needs=("email",),
    )

    @letter.on(messages.ProofStarted)
    def send_proof_letter(s: Contact, e: messages.ProofStarted, _ctx: Ctx) -> Decision[Contact]:
        """Send the letter; an older one is dead, unless none may be sent now."""
        again = (Say("account.sent_again"),) if s.letter and e.letter else ()
        return then(replace(s, letter=e.letter or s.letter), SendLetter(e.letter, need_slot(s.email)), *again)

    @letter.on(LetterSent)
    def note_sent_letter(s: Contact, _e: LetterSent, ctx: Ctx) -> Decision[Contact]:
        return then(replace(s, letter_sent=True, letter_at=ctx.now))

    @letter.on(LetterFailed)
    def offer_other_channel(s: Contact, e: LetterFailed, _ctx: Ctx) -> Decision[Contact]:
        """Keep an older letter where too many were sent; else offer another channel or a person."""
        if e.reason == "too_many":
            return then(replace(s, letter_sent=True), Say("contact.letter_failed.too_many", options=(HUMAN,)))
        return then(_without_given(s), Say(f"contact.letter_failed.{e.reason}", options=(ANOTHER_CHANNEL, HUMAN)))


def _link(dialog: Dialog[Contact]) -> None:
    email_link = dialog.wait(
        "email_link",
        Expects.email_link,
        when=must_prove_by_letter,
        done=lambda s, _c: s.email_proven_at is not None,
        options=lambda _s, _c: (
            Option("email_link:again", "option.send_again"),
            Option("edit:email", "edit.email"),
            ANOTHER_CHANNEL,
        ),
        params=lambda s, _c: {"email": s.email},
        lapsed=lambda s, c: lapsed.name_lapsed_letter(s.letter_at, c),
        intents={
            "resend_code": "email_link:again",
            "change_contact": "edit:email",
            "change_contact_channel": "edit:contact_channel",
        },
        final=lambda s, c: must_prove_by_letter(s, c) and s.email_proven_at is not None,
        instead=lambda _s, _c: (Option("edit:email", "edit.email"),),
    )

    @email_link.on(Answered)
    def send_letter_again(s: Contact, _e: Answered, _ctx: Ctx) -> Decision[Contact]:
        """Send a new letter; the older link dies."""
        return then(replace(s, letter_sent=False))

    @dialog.always(messages.ProofFollowed)
    def take_proven_contact(s: Contact, e: messages.ProofFollowed, _ctx: Ctx) -> Decision[Contact]:
        """Take the contact as proven, if the letter is the last one; the page for the password is open."""
        if s.letter != e.letter or s.email_proven_at is not None:
            return then(s)
        return then(replace(s, email_proven_at=e.at), Say("contact.email_proven", {"email": s.email}))


def _without_given(s: Contact) -> Contact:
    """Drop the contact given, so that it is asked again."""
    return replace(s, phone=None, email=None, matched=None, letter=None, letter_sent=False)
