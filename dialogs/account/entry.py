"""Entry: the customer's way into an account, and the options on it."""

from dialogs.contact.in_books import email_proven, phone_of
from dialogs.kit import Option, Params, Word
from dialogs.state import Account, Ctx
from values.meaning import BindingAct

# Ways in that lead to something else and need an account on the way there.
NEEDING = ("buy", "program")


def find_login_name(ctx: Ctx) -> str:
    """Return the name that the account's holder logs in by; "" without an account."""
    return ctx.books.email or ctx.books.user_name


def by_number(ctx: Ctx) -> bool:
    """Return whether the seller's customers are on file and sign up by their number."""
    return ctx.seller.sign_up.by == "customer_number"


def joins_from_file(ctx: Ctx) -> bool:
    """Return whether a customer on file is making the account."""
    return by_number(ctx) and ctx.case.account.id is None and ctx.case.account.entry == "sign_up"


def may_join(ctx: Ctx) -> bool:
    """Return whether a customer on file may still make the account: no other way in is chosen."""
    return by_number(ctx) and ctx.case.account.id is None and ctx.case.account.entry in (None, "sign_up")


def is_locked_out(ctx: Ctx) -> bool:
    """Return whether a customer on file has forgotten the password."""
    return by_number(ctx) and ctx.case.account.id is None and ctx.case.account.entry == "forgot_password"


def must_prove_contact(ctx: Ctx) -> bool:
    """Return whether a customer on file has to prove a contact on file."""
    return joins_from_file(ctx) and ctx.case.on_file.told == "found"


def has_proven_contact(ctx: Ctx) -> bool:
    """Return whether a customer on file has proven the contact."""
    c = ctx.case.contact
    if not must_prove_contact(ctx) or c.matched is None:
        return False
    if c.channel == "sms":
        return c.matched == c.phone == c.proven
    return c.channel == "email" and c.matched == c.email and c.email_proven_at is not None


def is_making_account(s: Account, ctx: Ctx) -> bool:
    """Return whether a new account is being made, or was made here."""
    return not by_number(ctx) and (s.entry == "sign_up" or (s.entry in NEEDING and s.has_one == "new"))


def may_sign_up(s: Account, ctx: Ctx) -> bool:
    """Return whether a new account may still come of it: no other way in is chosen."""
    offered = {"sign_up", *NEEDING}.intersection(ctx.seller.entries)
    chosen = s.entry is None or s.entry == "sign_up" or (s.entry in NEEDING and s.has_one != "existing")
    return s.id is None and not by_number(ctx) and bool(offered) and chosen


def signing_up(ctx: Ctx) -> bool:
    """Return whether an account is on its way whose consents aren't given yet."""
    s = ctx.case.account
    elsewhere = by_number(ctx) or wants_to_log_in(s, ctx) or s.entry not in (*NEEDING, "sign_up")
    return s.id is None and s.consents is None and not elsewhere


def must_return(s: Account, ctx: Ctx) -> bool:
    """Return whether the account was made here and its letter's link followed: only the log-in is left."""
    made = s.login is not None and not s.login.inside
    return ctx.seller.sign_up.confirm_first and made and email_proven(ctx)


def wants_to_log_in(s: Account, ctx: Ctx) -> bool:
    """Return whether the customer has an account and isn't logged in yet."""
    existing = s.entry == "log_in" or (s.entry in NEEDING and s.has_one == "existing")
    return (s.id is None and existing) or must_return(s, ctx)


def has_forgotten_password(s: Account, ctx: Ctx) -> bool:
    """Return whether the password is to be replaced first."""
    return not by_number(ctx) and s.id is None and s.entry == "forgot_password"


def has_forgotten_user_name(s: Account, _ctx: Ctx) -> bool:
    """Return whether the user name is to be told first."""
    return s.id is None and s.entry == "forgot_username"


def is_page_done(s: Account, ctx: Ctx) -> bool:
    """Return whether the one-time page has served: the password is set, or the customer logged in."""
    if must_return(s, ctx):
        return False
    return s.id is not None or (s.credential is not None and is_making_account(s, ctx))


def renews_by_order(ctx: Ctx) -> bool:
    """Return whether a further term is ordered anew each time, rather than switched on once."""
    return "renewal" in ctx.seller.dialogs


def has_begun_entry(s: Account, ctx: Ctx) -> bool:
    """Return whether a way in is chosen, or there is no choice left."""
    in_already = s.id is not None and "buy" not in ctx.seller.entries
    return s.entry is not None or ctx.case.order.id is not None or in_already


def ways_in(s: Account, ctx: Ctx) -> tuple[Option, ...]:
    """Return the ways to begin; a customer who is logged in can only buy."""
    ways = ("buy",) if s.id is not None else ctx.seller.entries
    return tuple(Option(f"start:{v}", f"option.start.{v}") for v in ways)


def offer_new_or_existing(s: Account, _ctx: Ctx) -> tuple[Option, ...]:
    """Return the answers to whose account the purchase is for.

    Where a program asks, an account is offered: the offer may be taken or declined.
    """
    answers = tuple(Option(f"account:{v}", f"option.account.{v}") for v in ("new", "existing"))
    if s.entry != "program":
        return answers
    return (*answers, *(Option(f"account:{v}", f"option.account.{v}", hidden=True) for v in ("yes", "no")))


def reset_options(_s: Account, _ctx: Ctx) -> tuple[Option, ...]:
    """Return the options while the letter for a new password is awaited."""
    again, other = Option("email_link:again", "option.send_again"), Option("edit:reset_email", "edit.email")
    return (again, other, Option("start:log_in", "option.start.log_in"))


def contact_changes(_s: object, ctx: Ctx) -> tuple[Option, ...]:
    """Return the changes left once the account is made: contacts, and an e-mail that isn't proven."""
    phone = (Option("edit:phone", "edit.phone"),) if phone_of(ctx.case.contact, ctx) is not None else ()
    if by_number(ctx):  # of an account on file they are changed by a person
        return phone if joins_from_file(ctx) else ()
    return phone if email_proven(ctx) else (Option("edit:email", "edit.email"), *phone)


def contact_change_options(ctx: Ctx) -> tuple[Option, ...]:
    """Return the contacts that an account holder may replace, against a proof of the new one."""
    phone = (Option("edit:phone", "edit.phone"),) if phone_of(ctx.case.contact, ctx) is not None else ()
    return () if by_number(ctx) else (Option("edit:email", "edit.email"), *phone)


def page_options(s: Account, ctx: Ctx) -> tuple[Option, ...]:
    """Return the options while a page is open: a fresh link; at log-in the other ways in, too."""
    again = (Option("secure_page:again", "option.new_page"),)
    if not wants_to_log_in(s, ctx):
        return again
    ways = ("forgot_password", "forgot_username", "sign_up")
    others = (way for way in ways if way in ctx.seller.entries and s.id is None)
    return again + tuple(Option(f"start:{v}", f"option.start.{v}") for v in others)


def page_params(s: Account, ctx: Ctx) -> Params:
    """Return the purpose of the page, as the texts and the page itself name it."""
    return {"purpose": "log_in" if wants_to_log_in(s, ctx) else "set_password", "email": ctx.case.find_email(ctx.books)}


def _box(name: str, *, ticked: bool) -> Option:
    whole = Word(f"consent.{name}.text")
    return Option(f"consents:toggle:{name}", f"consent.{name}.title", ticked=ticked, whole=whole)


def list_consent_boxes(s: Account, ctx: Ctx) -> tuple[Option, ...]:
    """Return a box for each consent, and the ways to submit them."""
    consents = ((c.id, c.id in s.ticked) for c in ctx.seller.consents)
    ways = ("required", "all", "done")
    return (
        *(_box(name, ticked=ticked) for name, ticked in consents),
        *(Option(f"consents:{way}", f"option.consents.{way}", binds=BindingAct.agree) for way in ways),
    )
