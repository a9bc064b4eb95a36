"""Asking several registers, one after the other, within one budget of time."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from html import unescape

import structlog
from msgspec.structs import replace

from services.errors import Misconfigured, ProviderUnavailable
from services.registers.register import CompanyFoundInRegister, NotFound, Register, Source
from values.address import COMPANY_NAME_MAX
from values.incoming_text import one_line
from values.patterns import regex

#: The letters that may stand in front of a VAT number; Greece's are EL, Northern Ireland's XI.
EU_PREFIXES = frozenset("AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split())
#: While others wait behind it, a register gets this part of the time that is left.
SHARE = 0.75
#: And never less than this part of all. So little is left only to a process that stood still meanwhile (a frozen
#: machine, no memory): who has waited for that is better served by a second more than by typing the data.
LEAST = 0.125
_TIMES_ESCAPED = 2  # a document in an envelope may have been escaped with it
_ESCAPED = regex(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")  # without the last sign "&reg" is a name

_log = structlog.get_logger(__name__)


async def look_up(
    sources: Sequence[Register], tax_number: str, *, country: str = "PL", budget: float
) -> CompanyFoundInRegister | NotFound:
    """Ask the registers that serve the number's country, in order; `budget` in seconds for all of them together.

    It is kept by a process that runs; one that stood still meanwhile takes `LEAST` of it more for each that wasn't
    asked yet.

    `country` (ISO code) is that of a national number; letters of the European Union in front of the number win over it.

    The first that knows it ends the search. All say no: NotFound. Raises ProviderUnavailable when somebody did not
    answer and nobody knew it (`retry_after`: the shortest wait asked for), ProviderRefused when a register calls the
    number malformed.
    """
    country, national = _split(country, tax_number)
    willing = [source for source in sources if source.countries is None or country in source.countries]
    ends = asyncio.get_running_loop().time() + budget
    last: Source | None = None
    silent: list[ProviderUnavailable] = []
    for number, source in enumerate(willing):
        left = ends - asyncio.get_running_loop().time()
        share = left if number == len(willing) - 1 else left * SHARE
        match await _ask(source, country, national, max(share, budget * LEAST)):
            case CompanyFoundInRegister() as found:
                return found
            case NotFound():
                last = source.source
            case ProviderUnavailable() as error:
                silent.append(error)
    if silent:
        raise ProviderUnavailable("registers_silent", retry_after=_shortest(silent), provider=silent[0].provider)
    return NotFound(last)


async def _ask(
    source: Register, country: str, national: str, within_s: float
) -> CompanyFoundInRegister | NotFound | ProviderUnavailable:
    """Ask one register; its silence is an outcome here, and logged."""
    try:
        answer = await source.find(country, national, within_s=within_s)
    except Misconfigured as error:
        # Our own mistake must not stop the customer: the other registers go on, somebody hears of it.
        _log.error(
            "register_misconfigured", alarm=True, register=source.source, reason=error.reason, origin=error.origin
        )
        return ProviderUnavailable(error.reason, origin=source.source, provider=error.provider)
    except ProviderUnavailable as error:
        _log.warning("register_unavailable", register=source.source, reason=error.reason, origin=error.origin)
        return error
    return _readable(answer) if isinstance(answer, CompanyFoundInRegister) else answer


def _readable(found: CompanyFoundInRegister) -> CompanyFoundInRegister:
    """Return the answer in words that may be stored, mailed and exported."""
    told = found.company
    names = {"name": told.name, "street": told.street, "postal_code": told.postal_code, "city": told.city}
    return replace(found, company=replace(told, **{name: _line_of(text) for name, text in names.items()}))


def _line_of(words: str) -> str:
    """Return a register's words on one line, without the signs of mark-up and no longer than a customer may write."""
    plain = words
    for _ in range(_TIMES_ESCAPED):
        plain = _ESCAPED.sub(lambda sign: unescape(sign[0]), plain)
    line = one_line(plain)
    if len(line) <= COMPANY_NAME_MAX:
        return line
    return line[: COMPANY_NAME_MAX + 1].rpartition(" ")[0].rstrip(" ,;") or line[:COMPANY_NAME_MAX]


def _split(country: str, tax_number: str) -> tuple[str, str]:
    prefix = tax_number[:2]
    if prefix in EU_PREFIXES:
        country, tax_number = prefix, tax_number[2:]
    return ("GR" if country == "EL" else country), tax_number


def _shortest(errors: Sequence[ProviderUnavailable]) -> timedelta | None:
    return min((error.retry_after for error in errors if error.retry_after is not None), default=None)
