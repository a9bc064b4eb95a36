"""Conditions of the contact dialog's steps, their parsers, and their options."""

from dialogs.account.entry import by_number, must_prove_contact
from dialogs.contact import letter_code
from dialogs.contact.in_books import phone_of, proven_phone, untexted_phone
from dialogs.kit import AwaitedCode, Option, need_slot
from dialogs.state import Contact, Ctx
from values import phone as phones
from values.parsing import Ok, Parsed, ParseRefused

ANOTHER_CHANNEL = Option("edit:contact_channel", "edit.contact_channel")


def phone_wanted(s: Contact, ctx: Ctx) -> bool:
    """Return whether a phone is to be proven here."""
    if by_number(ctx):
        return must_prove_contact(ctx) and s.channel == "sms"
    return "phone" in ctx.seller.demanded_contacts


def must_prove_by_letter(s: Contact, ctx: Ctx) -> bool:
    """Return whether an address on file is to be proven here, by a letter."""
    return must_prove_contact(ctx) and s.channel == "email"


def channel_chosen(s: Contact, ctx: Ctx) -> bool:
    """Return whether a contact is to be compared with the file."""
    return must_prove_contact(ctx) and s.channel is not None


def find_contact(s: Contact) -> str | None:
    """Return the contact that the customer gave of the chosen channel."""
    return s.phone if s.channel == "sms" else s.email


def matches_file(s: Contact, ctx: Ctx) -> bool:
    """Return whether the contact is the one on file; without customers on file any is."""
    return not by_number(ctx) or (s.matched is not None and s.matched == find_contact(s))


def phone_proven(s: Contact, ctx: Ctx) -> bool:
    """Return whether the current number is the one that was proven."""
    return (number := proven_phone(ctx)) is not None and number == phone_of(s, ctx)


def gets_no_text_codes(s: Contact, ctx: Ctx) -> bool:
    """Return whether the current number gets no codes, so that the e-mail proves the contact instead."""
    return (number := untexted_phone(ctx)) is not None and number == phone_of(s, ctx)


def must_prove_by_code(s: Contact, ctx: Ctx) -> bool:
    """Return whether a number is to be proven by a code."""
    return phone_wanted(s, ctx) and not gets_no_text_codes(s, ctx)


def must_prove_by_email(s: Contact, ctx: Ctx) -> bool:
    """Return whether the account's e-mail is to be proven in the number's place."""
    return phone_wanted(s, ctx) and gets_no_text_codes(s, ctx)


def phone_unproven(s: Contact, ctx: Ctx) -> bool:
    """Return whether a number is still to be proven by a code."""
    return must_prove_by_code(s, ctx) and not phone_proven(s, ctx)


def challenge_of(s: Contact) -> str:
    """Return the id of the code that was sent last."""
    return need_slot(s.code).challenge


def code_sent(s: Contact) -> bool:
    """Return whether the operator has taken the code."""
    return s.code is not None and s.code.sent_at is not None


def is_code_still_to_ask(s: Contact) -> bool:
    """Return whether the number was just sent a code elsewhere, so that its own is still to be asked for."""
    return s.code is not None and not s.code.challenge


def is_code_outstanding(s: Contact, ctx: Ctx) -> bool:
    """Return whether a code has gone to a number that isn't proven by it yet, whatever number is asked for now."""
    known = s.code is not None and (s.code.phone or s.phone) is not None
    return known and code_sent(s) and must_prove_by_code(s, ctx) and not phone_proven(s, ctx)


def find_texted(s: Contact) -> str:
    """Return the number that the last code went to, which is proven by it."""
    return need_slot(need_slot(s.code).phone or s.phone)


def read_phone(text: str, _s: Contact, ctx: Ctx) -> Parsed[str]:
    """Return a mobile number of a country that gets codes; of another any number, proven by an e-mail instead."""
    read = phones.parse(text, ctx.seller.country, ctx.seller.phone_countries)
    if by_number(ctx) or not isinstance(read, ParseRefused) or read.reason != phones.NOT_SERVED:
        return read
    abroad = phones.parse_callable(text, ctx.seller.country, ())
    return abroad if isinstance(abroad, Ok) else ParseRefused("phone.invalid")


def codes_awaited(s: Contact, ctx: Ctx) -> tuple[AwaitedCode, ...]:
    """Return the text message's code, once there is one, and beside it the letter's while both are to be proven."""
    by_sms = AwaitedCode("sms", "contact_code:again", s.code.again_at if s.code is not None else None)
    beside = letter_code.asks_letter_code_beside(ctx) or (
        letter_code.has_followed_letter(ctx) and proven_phone(ctx) is None
    )
    by_letter = (letter_code.make_awaited_code("contact_code:letter", ctx),) if beside else ()
    return by_letter if is_code_still_to_ask(s) else (by_sms, *by_letter)


def is_vouched(number: str, ctx: Ctx) -> bool:
    """Return whether this number, given just now, needs no code: the messenger says that it is the author's own.

    Customers on file prove what the file says, and before there is an account there is nothing to prove it for.
    """
    may = ctx.seller.sign_up.own_contact and not by_number(ctx) and ctx.case.account.id is not None
    return may and ctx.said is not None and ctx.said.vouched == number


def code_ways(s: Contact, ctx: Ctx) -> tuple[Option, ...]:
    """Return the alternatives to typing the code."""
    ways = (Option("contact_code:again", "option.text_again"), Option("edit:phone", "edit.phone"))
    if letter_code.awaits_letter_proof(s, ctx):
        # Where the letter waits another one can still be asked for in words.
        again = Option("contact_code:letter", "option.letter_again", hidden=ctx.seller.sign_up.letter_waits)
        ways += (again, Option("edit:email", "edit.email"))
    if by_number(ctx):
        return (*ways, ANOTHER_CHANNEL)
    if (number := proven_phone(ctx)) is None:
        return ways
    return (*ways, Option("contact_code:keep", "option.keep_phone", {"phone": phones.display(number)}))
