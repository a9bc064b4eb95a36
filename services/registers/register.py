"""Registers of companies: their answers about a tax number, and how several are asked within one budget of time."""

import asyncio
from collections.abc import Sequence, Set
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Literal, Protocol

import structlog
from msgspec import Struct
from msgspec.structs import replace

from services.errors import Misconfigured, ProviderUnavailable
from values.address import COMPANY_NAME_MAX
from values.incoming_text import one_line
from values.patterns import regex
from values.private import HiddenStruct

Source = Literal["mf", "gus", "vies"]
LegalForm = Literal["company", "sole_trader"]

NOON = time(12, tzinfo=UTC)
EXEMPT = "Zwolniony"
"""The status, in the Polish list of VAT payers, of whom it knows and who needn't pay."""
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


class StruckOff(Struct, frozen=True):
    """A company that a register has struck off.

    `since`: noon of the day, None where the register's date can't be read.
    """

    of: Literal["vat", "business"]
    since: datetime | None


def parse_day(text: str) -> datetime | None:
    """Noon of "2024-03-31", which is that day all over Europe; None where the form differs."""
    try:
        return datetime.combine(date.fromisoformat(text[:10]), NOON)
    except ValueError:
        return None


class RegisterData(HiddenStruct):
    """A company as a register writes it. Texts are empty where it keeps them back or they can't be told apart.

    `country` is that of the number, `seat` that of the address where it is another one.
    `tax_number` is national, without the country's letters. `notes` are for the seller, not the customer, as codes:
    "vat_status:Zwolniony", "vat_removed:2024-03-31", "ended:2024-03-31", "data_withheld".
    """

    country: str
    tax_number: str
    name: str
    street: str
    postal_code: str
    city: str
    legal_form: LegalForm | None = None
    seat: str = ""
    notes: tuple[str, ...] = ()

    @property
    def struck_off(self) -> StruckOff | None:
        """Since when the register no longer counts it among the living, if it says so."""
        told = {name: said for name, _, said in (note.partition(":") for note in self.notes)}
        if "ended" in told:
            return StruckOff("business", parse_day(told["ended"]))
        # An active payer's status is no note; who is exempt was taken off one list to stand on another.
        if "vat_removed" in told and told.get("vat_status", EXEMPT) != EXEMPT:
            return StruckOff("vat", parse_day(told["vat_removed"]))
        return None


class Evidence(Struct, frozen=True):
    """Proof of the check: the register's own number for it, where it gives one, and when it was made."""

    request_id: str | None
    at: datetime


class CompanyFoundInRegister(Struct, frozen=True):
    """The register knows the number."""

    company: RegisterData
    source: Source
    evidence: Evidence


class NotFound(Struct, frozen=True):
    """The register answered that it does not know the number, which does not mean that the number is false.

    `source` is the last one that said so; None when there was no register to ask for that country.
    """

    source: Source | None


class Register(Protocol):
    """A register's client."""

    @property
    def source(self) -> Source: ...

    @property
    def countries(self) -> Set[str] | None:
        """The countries it serves (two letters); None: any."""
        ...

    async def find(self, country: str, tax_number: str, *, within_s: float) -> CompanyFoundInRegister | NotFound:
        """Ask for a national tax number, for at most `within_s` seconds.

        Raises ProviderRefused("tax_number_refused") for a number the register calls malformed, ProviderUnavailable,
        Misconfigured.
        """
        ...


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
