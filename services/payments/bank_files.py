"""Bank statements read: CAMT.053, MT940 and CSV, each told from the others by how it begins.

Strict: whatever isn't understood refuses the whole file, before any of it is booked. XML with a document type, and so
with entities, reaches no parser. Debits, reversals and entries that aren't booked yet are counted and left.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal
from xml.etree import ElementTree

from msgspec import Struct, structs

from services.keyed_hash import derived_id
from values.money import minor_units
from values.private import Private, PrivateStruct

Form = Literal["camt053", "mt940", "csv"]
MOST_ENTRIES = 2_000
_LARGEST = 10**12
_NO_NAME = frozenset({"NONREF", "NOREF", "NOTPROVIDED", "NOTAVAILABLE"})
"""Words of banks that have no reference for an entry: as one they would be the same for all."""
_COLUMNS, _MORE_COLUMNS = frozenset({"date", "amount", "currency", "title"}), frozenset({"reference", "name"})
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_FIELD = re.compile(r"^:(\d{2}[A-Z]?):", re.MULTILINE)
_LINE = re.compile(
    r"(?P<day>\d{6})(\d{4})?(?P<mark>C|D|RC|RD|EC|ED)[A-Z]?(?P<sum>\d{1,12},\d{0,3})[NFS][A-Z0-9]{3}"
    r"[^\n]*?(//(?P<reference>[^\n]*))?(\n.*)?",
    re.DOTALL | re.ASCII,
)
_BALANCE = re.compile(r"[CD]\d{6}([A-Z]{3})\d+,\d*\s*", re.ASCII)
_PARTED = re.compile(r"\d{3}([^\w\s])(?=\d\d)", re.ASCII)
_OF_TITLE = frozenset({*(str(n) for n in range(20, 30)), "60", "61", "62", "63"})
_ISO_DAY, _MT940_DAY = re.compile(r"20(\d\d)-(\d\d)-(\d\d)"), re.compile(r"(\d\d)(\d\d)(\d\d)")
_OF_FACTS, _OF_ACCOUNT = 32, 8  # digits of a digest
_OF_NAME = frozenset({"27", "28", "29", "32", "33"})


class StatementRefused(ValueError):
    """The file isn't read; its message says why, in words for whoever sent it."""


class Entry(PrivateStruct):
    """Money that came, in minor units. `reference`: the bank's own name for it, else one made of what it says.

    Banks give one reference to several entries: `account` and `digest` tell those apart. `nth` counts the entries of
    the file that are alike in all; `beside`: the digests of all that the file calls so, in its order.
    """

    reference: str
    day: str
    amount: int
    currency: str
    title: Private[tuple[str, ...]]
    name: Private[str]
    account: str = ""
    nth: int = 1
    beside: tuple[str, ...] = ()

    @property
    def booked_on(self) -> date | None:
        """Return the day, None where its form isn't known."""
        parts = _ISO_DAY.match(self.day) or _MT940_DAY.fullmatch(self.day)
        try:
            return date(2000 + int(parts[1]), int(parts[2]), int(parts[3])) if parts is not None else None
        except ValueError:
            return None

    @property
    def digest(self) -> str:
        """Return a hash of what the entry says, however its file wraps it, and behind it one of its account, if told.

        `is_same_digest` compares them.
        """
        facts = (str(self.booked_on or self.day), str(self.amount), self.currency, "".join(self.title), self.name)
        account = derived_id("account", re.sub(r"\W", "", self.account)) if self.account else ""
        return derived_id("entry", *("".join(one.split()).casefold() for one in facts)) + account[:_OF_ACCOUNT]

    @property
    def is_first(self) -> bool:
        """Return whether it is the first in its file that is called so."""
        return self.nth == 1 and self.beside[:1] in ((), (self.digest,))

    @property
    def reference_apart(self) -> str:
        """Return a name of its own, the same in each file, for where another entry has the bank's."""
        return f"{self.reference[:120]}/{derived_id('entry apart', self.reference, self.digest, str(self.nth))[:12]}"


class StatementRead(Struct, frozen=True):
    """A statement's credits, and how many other entries it has."""

    form: Form
    entries: tuple[Entry, ...]
    ignored: int


def is_same_digest(one: str, other: str) -> bool:
    """Return whether two entries say the same; the account counts where both files tell it."""
    return one == other or (len(one) != len(other) and one[:_OF_FACTS] == other[:_OF_FACTS])


def read_statement(body: bytes, charset: str | None) -> StatementRead:
    """Read a file; `charset`: the one it was sent as, else its own, else UTF-8. Errors: StatementRefused."""
    text = _decoded(body, charset).lstrip()
    if text.startswith("<"):
        form, found = "camt053", _read_camt(text)
    elif text.startswith(("{1:", ":20:")):
        form, found = "mt940", _read_mt940(text)
    else:
        form, found = "csv", _read_csv(text)
    entries, ignored, alike = list[Entry](), 0, Counter[Entry]()
    for entry in found:
        if entry is None:
            ignored += 1
            continue
        alike[entry] += 1
        entries.append(entry if entry.reference else _called(entry, alike[entry]))
        if len(entries) > MOST_ENTRIES:
            raise StatementRefused(f"more than {MOST_ENTRIES} credits: send it in parts")
    return StatementRead(form, tuple(_count_alike(entries)), ignored)


def _count_alike(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries with what else the file calls as it calls each."""
    called, alike = dict[str, dict[str, None]](), Counter[tuple[str, str]]()
    for entry in entries:
        called.setdefault(entry.reference, {})[entry.digest] = None
    beside = {name: tuple(digests) for name, digests in called.items()}
    for entry in entries:
        alike[key := (entry.reference, entry.digest)] += 1
        yield structs.replace(entry, nth=alike[key], beside=beside[entry.reference])


def _decoded(body: bytes, charset: str | None) -> str:
    declared = _DECLARED.match(body.lstrip())
    named = charset or (declared[1].decode("ascii") if declared is not None else "utf-8-sig")
    try:
        text = body.decode("utf-8-sig" if named.lower() in ("utf-8", "utf8") else named)
    except (LookupError, UnicodeError) as error:
        raise StatementRefused("not in the charset that it names (Content-Type or XML), or, without, UTF-8") from error
    return text.replace("\r\n", "\n")


def _called(entry: Entry, nth: int) -> Entry:
    """Name an entry that its bank doesn't: the same in each file, and another for each of several that are alike."""
    facts = (entry.day, str(entry.amount), entry.currency, *entry.title, entry.name, str(nth))
    return structs.replace(entry, reference=f"entry-{derived_id('statement entry', *facts)}")


def _entry(
    *, reference: str, day: str, sum: str, currency: str, title: tuple[str, ...], name: str, account: str = ""
) -> Entry:
    """Return a credit. Errors: StatementRefused for a sum, a currency or a reference that is none."""
    amount = minor_units(sum, currency) if re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,5})?", sum) else None
    if amount is None or not 0 < amount <= _LARGEST or not re.fullmatch("[A-Z]{3}", currency):
        raise StatementRefused(f"no sum of money: {sum[:20]!r} {currency[:3]!r}")
    if re.fullmatch(r"[^\x00-\x1f\x7f]{0,140}", reference) is None:
        raise StatementRefused("a reference of more than 140 characters, or with control characters")
    return Entry(_name(reference), day, amount, currency, title, name, account)


def _name(reference: str) -> str:
    """Return a bank's own name for an entry, empty where it says that there is none."""
    said = reference.strip()
    return "" if re.sub(r"[^A-Z]", "", said.upper()) in _NO_NAME else said


def _read_camt(text: str) -> Iterator[Entry | None]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise StatementRefused("XML with a document type or entities isn't read")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise StatementRefused("not well-formed XML") from error
    if root.find("{*}BkToCstmrStmt/{*}Stmt") is None:
        raise StatementRefused("XML, but no CAMT.053 (BkToCstmrStmt)")
    for statement in root.iterfind("{*}BkToCstmrStmt/{*}Stmt"):
        account = _said(statement, "Acct/Id/IBAN") or _said(statement, "Acct/Id/Othr/Id")
        for entry in statement.iterfind("{*}Ntry"):
            yield from _entries_of(entry, account)


def _entries_of(entry: ElementTree.Element, account: str) -> Iterator[Entry | None]:
    """Yield an entry's credit, or those that a collective one is made of."""
    status = _said(entry, "Sts/Cd") or _said(entry, "Sts")
    if (_said(entry, "CdtDbtInd"), status) != ("CRDT", "BOOK") or _said(entry, "RvslInd") in ("true", "1"):
        yield None
        return
    parts, known = entry.findall("{*}NtryDtls/{*}TxDtls"), set[str]()
    for n, part in enumerate(parts or [entry], 1):
        alone = len(parts) <= 1
        if _said(part, "CdtDbtInd") == "DBIT":
            yield None  # taken off within the entry, which counts what is left
            continue
        whole = _name(_said(entry, "AcctSvcrRef"))
        own = _name(_said(part, "Refs/AcctSvcrRef"))
        named = (whole or own) if alone else own or (whole and f"{whole}/{n}")
        named = f"{own}/{n}" if own and named in known else named  # some banks give all parts their batch's
        known.add(named)
        amount = entry.find("{*}Amt") if alone else part.find("{*}Amt")
        if amount is None:
            amount = part.find("{*}AmtDtls/{*}TxAmt/{*}Amt")
        if amount is None:
            raise StatementRefused("a collective entry that doesn't say its parts' sums")
        titles = (*part.iterfind("{*}RmtInf/{*}Ustrd"), *part.iterfind("{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref"))
        yield _entry(
            reference=named,
            day=_said(entry, "BookgDt/Dt") or _said(entry, "BookgDt/DtTm"),
            sum=(amount.text or "").strip(),
            currency=amount.get("Ccy", ""),
            title=tuple(one.text or "" for one in titles) or (_said(entry, "AddtlNtryInf"),),
            name=_said(part, "RltdPties/Dbtr/Nm") or _said(part, "RltdPties/Dbtr/Pty/Nm"),
            account=account,
        )


def _said(element: ElementTree.Element, path: str) -> str:
    found = element.findtext("/".join(f"{{*}}{name}" for name in path.split("/")))
    return (found or "").strip()


def _read_mt940(text: str) -> Iterator[Entry | None]:
    """Read the fields in their order: a balance tells the currency, a line (61) its sum, its notes (86) who and why."""
    named = _FIELD.split(text)[1:]
    fields = [(name, value.rstrip("\n-} ")) for name, value in zip(named[::2], named[1::2], strict=True)]
    currency, account = "", ""
    for n, (name, value) in enumerate(fields):
        account = value if name in ("25", "25P") else account
        if name in ("60F", "60M"):
            balance = _BALANCE.fullmatch(value)
            currency = balance[1] if balance is not None else ""
        if name != "61":
            continue
        line = _LINE.fullmatch(value)
        if line is None or not currency:
            raise StatementRefused(f"MT940: field {n + 1} (:61:) isn't of its form, or no balance (:60F:) before it")
        if line["mark"] != "C":
            yield None
            continue
        title, payer = _notes(fields[n + 1][1]) if fields[n + 1 : n + 2] and fields[n + 1][0] == "86" else ((), "")
        sum, reference = line["sum"].replace(",", ".").rstrip("."), (line["reference"] or "").strip()
        said = {"reference": reference, "day": line["day"], "sum": sum, "currency": currency, "account": account}
        yield _entry(**said, title=title, name=payer)


def _notes(text: str) -> tuple[tuple[str, ...], str]:
    """Return the title's lines and the payer's name; of notes without parts all is title."""
    parted = _PARTED.match(text)
    if parted is None:
        return tuple(text.split("\n")), ""
    parts = re.split(rf"{re.escape(parted[1])}(\d\d)", text.replace("\n", ""))[1:]
    said = list(zip(parts[::2], parts[1::2], strict=True))
    return tuple(value for code, value in said if code in _OF_TITLE), " ".join(v for c, v in said if c in _OF_NAME)


def _read_csv(text: str) -> Iterator[Entry | None]:
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in head else ",", strict=True)
    named = frozenset(rows.fieldnames or ())
    if not _COLUMNS <= named <= _COLUMNS | _MORE_COLUMNS:
        raise StatementRefused("neither CAMT.053 nor MT940, nor CSV of date, amount, currency, title, reference, name")
    try:
        yield from (_of_row(row) for row in rows)
    except csv.Error as error:
        raise StatementRefused(f"CSV, line {rows.line_num}: {error}") from error


def _of_row(row: Mapping[str | None, str | None]) -> Entry | None:
    if None in row or None in row.values():
        raise StatementRefused("CSV: a row with more or fewer values than columns")
    said = {name: (value or "").strip() for name, value in row.items() if name is not None}
    if re.fullmatch(r"-[0-9]+([.,][0-9]+)?", said["amount"]):
        return None
    return _entry(
        reference=said.get("reference", ""),
        day=said["date"],
        sum=said["amount"].replace(",", "."),
        currency=said["currency"],
        title=(said["title"],),
        name=said.get("name", ""),
    )
