"""Correspondence with a company: its e-mail, the way of an Italian e-invoice, its country without a tax number.

VAT follows from that country, as from the number of any other. Where the profile has no rate for it, a person helps;
nothing is sold at a guessed rate.
"""

from msgspec.structs import replace

from dialogs.company.data import NO_NUMBER, may_customer_correct, offer_giving_up, uses_sdi
from dialogs.kit import HUMAN, Answered, Decision, Dialog, Option, Say, Skipped, from_text, then
from dialogs.state import Company, Ctx
from values import address, sdi_code
from values import country as countries
from values import email as emails
from values.meaning import Expects
from values.parsing import Ok, Parsed, ParseRefused


def add_delivery(dialog: Dialog[Company]) -> None:
    """Declare the steps, each for the sellers whose rules want it."""
    _holder_email(dialog)
    _delivery(dialog)


def _parse_delivery(text: str, s: Company, ctx: Ctx) -> Parsed[str]:
    """Return a PEC or a code; the ordinary address is no PEC, unless it looks like one."""
    read = sdi_code.parse(text)
    if isinstance(read, Ok) and read.value in (s.holder_email, ctx.case.find_email(ctx.books)):
        return read if emails.is_certified(read.value) else ParseRefused("sdi_code.ordinary_mail")
    return read


def _holder_email(dialog: Dialog[Company]) -> None:
    given = dialog.ask(
        "holder_email",
        Expects.email,
        slot="holder_email",
        parse=from_text(emails.parse),
        when=lambda _s, c: c.seller.company.holder_email,
        options=lambda _s, c: (
            (Option("holder_email:same", "option.holder_email.same"),) if c.case.find_email(c.books) else ()
        ),
        params=lambda _s, c: {"email": c.case.find_email(c.books)},
        revise="anew",
    )
    certified = dialog.choose(
        "pec_ordinary",
        lambda _s, _c: (
            *(Option(f"pec_ordinary:{v}", f"option.pec_ordinary.{v}") for v in ("yes", "no")),
            Option("edit:holder_email", "edit.holder_email", hidden=True),  # another one typed is the answer
        ),
        slot="pec_ordinary",
        when=lambda s, _c: s.holder_email is not None and emails.is_certified(s.holder_email),
        needs=("holder_email",),
        params=lambda s, _c: {"email": s.holder_email},
        intents={"affirm": "pec_ordinary:yes", "deny": "pec_ordinary:no"},
        counted=False,
    )

    @given.on(Answered)
    def take_holder_email(s: Company, e: Answered, ctx: Ctx) -> Decision[Company]:
        """Take the address given, or the account's."""
        mine = ctx.case.find_email(ctx.books)
        email = mine if e.value == "same" else str(e.value)
        ordinary = ctx.case.account.pec_ordinary if email == mine else None
        return then(replace(s, holder_email=email, pec_ordinary=ordinary))

    @certified.on(Answered)
    def judge_certified_email(s: Company, e: Answered, _ctx: Ctx) -> Decision[Company]:
        """Ask for another address if this one takes certified mail only."""
        if e.value == "yes":
            return then(replace(s, pec_ordinary="yes"))
        return then(
            replace(s, holder_email=None, pec_ordinary=None), Say("company.pec_only", {"email": s.holder_email})
        )


def _delivery_ahead(s: Company, ctx: Ctx) -> bool:
    return s.id is None and (uses_sdi(s, ctx) or (ctx.seller.company.sdi and s.tax_number is None))


def _delivery(dialog: Dialog[Company]) -> None:
    asked = dialog.ask(
        "sdi_code",
        Expects.sdi_code,
        slot="delivery",
        parse=_parse_delivery,
        when=uses_sdi,
        options=lambda _s, _c: (Option("sdi_code:skip", "option.sdi_code.skip"),),
        ahead=_delivery_ahead,
        sheet=_delivery_ahead,
        revise="anew",
    )

    @asked.on(Answered)
    def take_delivery_address(s: Company, e: Answered, _ctx: Ctx) -> Decision[Company]:
        """Take seven noughts too, and tell what becomes of the invoice then."""
        said = (Say("company.no_delivery"),) if e.value == sdi_code.NONE else ()
        return then(replace(s, delivery=str(e.value)), *said)

    @asked.on(Skipped)
    def continue_without_delivery(s: Company, _e: Skipped, _ctx: Ctx) -> Decision[Company]:
        """Go on: the sale doesn't wait for it."""
        return then(replace(s, delivery=sdi_code.NONE), Say("company.no_delivery"))


def add_country(dialog: Dialog[Company]) -> None:
    """Declare the step."""
    where = dialog.ask(
        "country",
        Expects.country,
        slot="country",
        parse=lambda text, _s, ctx: countries.parse(text, ctx.case.talk.locale),
        when=lambda s, c: s.tax_number == NO_NUMBER and may_customer_correct(s, c),
        done=lambda s, _c: s.country is not None or s.id is not None,
        options=_ways,
        needs=("tax_number",),
        revise="anew",
        counted=False,
    )

    @where.on(Answered)
    def take_country(s: Company, e: Answered, ctx: Ctx) -> Decision[Company]:
        """Take the country, with a postal code that has its form; say so where no rate of VAT is known for it."""
        code = str(e.value).upper()
        if not ctx.seller.taxes_without_number(code):
            return then(s, Say("company.no_rate", {"country": countries.Country(code)}, (HUMAN,)))
        fits = s.postal_code is None or address.parse_postal_code(s.postal_code, code) == Ok(s.postal_code)
        return then(replace(s, country=code, postal_code=s.postal_code if fits else None))


def _ways(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    home = ctx.seller.country
    here = Option(f"country:{home.lower()}", "option.country.home", {"country": countries.Country(home)})
    return (here, *offer_giving_up(s))
