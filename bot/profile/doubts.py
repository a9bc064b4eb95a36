"""What may be meant as it stands, and is more often a mistake: told as a warning, never refused."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.profile.problems import ProfileProblem
from bot.profile.reading import read, source_of
from bot.profile.where import line_of
from values.seller import Seller

# Standard rates of VAT in per cent, of countries that have a whole one.
_RATES = (
    "AT 20 BE 21 BG 20 CY 19 CZ 21 DE 19 DK 25 EE 24 ES 21 FR 20 GR 24 HR 25 HU 27 IE 23 IT 22 LT 21 LU 17 LV 21 MT 18"
    " NL 21 PL 23 PT 23 RO 21 SE 25 SI 22 SK 23"
).split()
STANDARD = {country: int(percent) for country, percent in zip(_RATES[::2], _RATES[1::2], strict=True)}


def doubts(folder: Path, seller: Seller, now: datetime) -> Iterator[ProfileProblem]:
    """Rates of VAT that aren't the standard ones, and discount codes that nobody can use any more."""
    path = folder / "profile.toml"
    source = source_of(path)
    abroad = ((("vat", "rates", country), country, percent) for country, percent in seller.vat.rates)
    for place, country, percent in ((("vat_percent",), seller.country, seller.vat_percent), *abroad):
        standard = STANDARD.get(country, percent)
        if percent not in (0, standard):  # 0: a seller who is exempt
            what = f"{percent} % isn’t the standard rate of VAT in {country}, which is {standard} %"
            yield ProfileProblem(path, line_of(source, place), what, "Correct it, unless you sell at another rate.")
    tables = (read(path, [])[0] or {}).get("discount", [])
    for n, (code, table) in enumerate(zip(seller.discounts, tables, strict=True)):
        if code.expires_at is not None and code.expires_at <= now and not table.get("over"):
            what = f"the discount code {code.code} is over since {code.expires_at:%Y-%m-%d}"
            line = line_of(source, ("discount", n, "expires_at"))
            yield ProfileProblem(path, line, what, "Correct the date, or write over = true.")
