"""The country of a company without a tax number: its VAT follows from it, as from the number of any other.

Where the profile has no rate for that country, a person helps; nothing is sold at a guessed rate.
"""

from msgspec.structs import replace

from dialogs.company.data import NO_NUMBER, giving_up, own
from dialogs.kit import HUMAN, Answered, Decision, Dialog, Option, Say, then
from dialogs.state import Company, Ctx
from values import address
from values import country as countries
from values.meaning import Expects
from values.parsing import Ok


def add_country(dialog: Dialog[Company]) -> None:
    """Declare the step."""
    where = dialog.ask(
        "country",
        Expects.country,
        slot="country",
        parse=lambda text, _s, ctx: countries.parse(text, ctx.case.talk.locale),
        when=lambda s, c: s.tax_number == NO_NUMBER and own(s, c),
        done=lambda s, _c: s.country is not None or s.id is not None,
        options=_ways,
        needs=("tax_number",),
        revise="anew",
        counted=False,
    )

    @where.on(Answered)
    def told(s: Company, e: Answered, ctx: Ctx) -> Decision[Company]:
        """Take the country, with a postal code that has its form; say so where no rate of VAT is known for it."""
        code = str(e.value).upper()
        if not ctx.seller.taxes_without_number(code):
            return then(s, Say("company.no_rate", {"country": countries.Country(code)}, (HUMAN,)))
        fits = s.postal_code is None or address.parse_postal_code(s.postal_code, code) == Ok(s.postal_code)
        return then(replace(s, country=code, postal_code=s.postal_code if fits else None))


def _ways(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    home = ctx.seller.country
    here = Option(f"country:{home.lower()}", "option.country.home", {"country": countries.Country(home)})
    return (here, *giving_up(s))
