"""A correction in one sentence: "źle, mój e-mail to …", "change the street to …", "la partita IVA è sbagliata".

Recognised are a word of change or of error with the name of another answer, and the bare statement of another answer.
"""

import re
from dataclasses import dataclass

from nlu.answers import attempt, closed
from nlu.choices import METHOD_VALUES
from nlu.entities.terms import find_terms
from values.expected import Expected
from values.expects import Expects
from values.folding import unaccent
from values.locale import Locale
from values.meaning import Correction

_LONGEST = 400

_NOUNS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("email", "invoice_email"), r"(?:adres\w{0,2} )?(?:e-?mail\w{0,3}|mail\w{0,3}|mejl\w{0,3})|(?:indirizzo )?(?:di )?posta elettronica|indirizzo e-?mail"
                                 r"|(?:email|mail) address"),
    (("phone",), r"(?:numer\w{0,2} )?telefon\w{0,3}|numer\w{0,2} komork\w{1,2}|komork\w{1,2}|(?:numero (?:di )?)?(?:telefono|cellulare)|cell"
                 r"|(?:(?:tele)?phone|mobile|cell)(?: ?phone)?(?: number)?"),
    (("tax_number",), r"(?:numer\w{0,2} )?nip\w{0,2}|numer\w{0,2} podatkow\w{1,3}|partita iva|p\.? ?iva|vat(?: (?:number|no|id))?|vatin|tax (?:number|no|id)"),
    (("customer_number",), r"(?:numer\w{0,2}|nr) (?:klienta|ewidencyjn\w{1,3}|abonenta)|(?:codice|numero) cliente|(?:customer|client) (?:number|no|id)"),
    (("postal_code",), r"kod\w{0,3} pocztow\w{1,3}|cap|codice (?:di avviamento )?postale|post(?:al)? ?code|zip(?: code)?"),
    (("sdi_code",), r"codice (?:destinatario|univoco)|(?:la |mia )?pec|sdi code|recipient code|kod\w{0,3} sdi"),
    (("discount_code",), r"kod\w{0,3} rabatow\w{1,3}|codice sconto|discount code|promo code"),
    (("company_name",), r"nazw\w{1,2} (?:firm\w|spolki|dzialalnosci)|nazw\w{1,2}|(?:nome|ragione sociale)(?: dell ?'?(?:azienda|impresa)| della (?:ditta|societa))?"
                        r"|(?:company|business|firm)(?: ?'?s)? name|name of the company"),
    (("person_name",), r"imi\w{1,4} i nazwisk\w{1,3}|nazwisk\w{1,3}|imi\w{1,4}|nome e cognome|cognome|nome|(?:my |last |first |full )?name|surname"),
    (("street",), r"ulic\w{1,2}|adres\w{0,2}|via|indirizzo|street(?: (?:name|address))?|address|numer\w{0,2} domu|house number|civico"),
    (("city",), r"miast\w{1,2}|miejscowos\w{1,2}|citta|comune|city|town"),
    (("country",), r"kraj\w{0,2}|paese|country"),
    (("quantity",), r"liczb\w{1,2} uzytkownikow|ilosc\w{0,2}|quantita|numero (?:di )?utenti|quantity|number of users"),
    (("method",), r"(?:metod\w{1,2}|sposob\w{0,2}|form\w{1,2}) (?:platnosci|zaplaty)|(?:metodo|modalita) di pagamento|(?:payment method|method of payment|way of paying)"),
    (("auto_renewal",), r"(?:automatyczn\w{1,3} )?(?:odnawiani\w{1,2}|odnowieni\w{1,2}|przedluzani\w{1,2})|rinnovo(?: automatico)?|(?:automatic |auto-? ?)?renewal"),
    (("plan",), r"plan\w{0,2}|pakiet\w{0,2}|piano|pacchetto|package"),
    (("years",), r"okres\w{0,2}|liczb\w{1,2} lat|durata|anni|period|number of years|duration"),
    (("consents",), r"zgod[yae]|consens[io]|consents?"),
    (("addons",), r"dodatk\w{0,3}|servizi aggiuntivi|add-?ons?"),
)  # fmt: skip

_CHANGE = (
    r"zmien(?:ic|my|iam|cie)?|popraw(?:ic|my|iam|cie)?|zamien(?:ic)?|skoryguj|skorygowac|podmien(?:ic)?|zaktualizuj|zaktualizowac|edytuj"
    r"|change|correct|fix|update|edit|replace|amend|cambi(?:a|are|o|amo|ate)|corregg(?:i|ere|o|ete)|modific(?:a|are|o|hiamo)|aggiorn(?:a|are)"
    r"|sostitui(?:sci|re)|rettifica(?:re)?"
)
_LEAD = r"(?:(?:chce|chcialbym|chcialabym|musze|prosze|prosz|moge|trzeba|i want to|i d like to|i would like to|i need to|please|can you|can i|let me|voglio|vorrei|devo" \
        r"|puoi|posso|per favore|no|nie|ok) )*"  # fmt: skip
_ERROR = (
    r"zle|blad|oj|ups|pomylk[ai]|pomylil(?:em|am) sie|pomylilem|pomylilam|nie tak|to nie tak|przepraszam|sorry|sorki|korekta|poprawka|wlasciwie|jednak|nie|no"
    r"|wrong|mistake|my mistake|i made a mistake|i was wrong|oops|actually|correction|wait|hold on|scusi|scusa|scusate|ho sbagliato|mi sono sbagliat[oa]"
    r"|sbagliato|errore|anzi|aspetta|correzione|attenzione|i mistyped|literowka"
)
_WHOSE = r"(?:(?:moj|moja|moje|mojego|mojej|moim|nasz|nasza|nasze|ten|ta|te|my|our|the|that|il|lo|la|l|mio|mia|nostr[oa]|nowy|nowa|nowe|new|right|correct|poprawn[yea]" \
         r"|wlasciw[yea]|prawidlow[yea]|giust[oa]|corrett[oa]|nuov[oa]|jest|a|i|e|in|w|z|na|at|od|del|della|dell|di|of|with|for|co do|dla) |l')*"  # fmt: skip
_IS = (
    r"(?::|=|->|→|,? ?(?:powinien|powinna|powinno) (?:byc|brzmiec)|,? ?ma byc|,? ?mialo byc|,? ?to jest|,? ?to|,? ?jest|,? ?brzmi|,? ?na|,? ?should be|,? ?must be|,? ?is now"
    r"|,? ?is|,? ?it'?s|,? ?dovrebbe essere|,? ?deve essere|,? ?e'|,? ?e|,? ?diventa|,? ?in|,? ?con)"
)
_WRONG = (
    r"(?:jest |sa |is |are |e |e' |sono |ma |has |ha |was |byl[aoy]? |sie )?(?:zl[yaei]|bledn[yaei]|niepoprawn[yaei]|nieprawidlow[yaei]|niewlasciw[yaei]|pomylon[yaei]|zle|nie ten"
    r"|nie ta|z bledem|nie zgadza(?: sie)?|blad|literowke|wrong|incorrect|mistyped|misspelled|not (?:right|correct)|a typo|isn'?t (?:right|correct)"
    r"|sbagliat[oaie]|errat[oaie]|non (?:e )?(?:corrett|giust)[oaie]|un errore)"
)
_WRONG_BEFORE = r"(?:zl[yaei]|zlego|zlej|bledn[yaei]|bledneg?o?|niepoprawn[yaei]|nieprawidlow[yaei]|wrong|incorrect|sbagliat[oaie]|errat[oaie]|(?:blad|literowka|typo|mistake|errore) (?:w|in|nel|nella|nell'|in the|in my))"
_NOT_STATED = frozenset(
    {
        "street",
        "method",
        "auto_renewal",
        "plan",
        "years",
        "consents",
        "addons",
        "quantity",
        "person_name",
        "company_name",
    }
)

_NOUN = "|".join(f"(?P<n{i}>{pattern})" for i, (_, pattern) in enumerate(_NOUNS))
_EDGE = r"(?![^\W_])"
_CHANGED = re.compile(
    rf"^(?:(?:{_ERROR})[\s,.!:;-]+)?{_LEAD}(?:{_CHANGE}) {_WHOSE}(?:{_NOUN}){_EDGE}(?P<rest>.*)$", re.S
)
_ERRED = re.compile(rf"^(?:(?:{_ERROR})[\s,.!:;-]+)+{_WHOSE}(?:{_NOUN}){_EDGE}\s*{_IS}(?![^\W_])\s*(?P<rest>.+)$", re.S)
_IS_WRONG = re.compile(
    rf"^(?:(?:{_ERROR})[\s,.!:;-]+)*{_WHOSE}(?:{_NOUN}){_EDGE}(?: sie)? {_WRONG}{_EDGE}(?P<rest>.*)$", re.S
)
_WRONG_IS = re.compile(
    rf"^(?:(?:{_ERROR})[\s,.!:;-]+)*(?:(?:podal(?:em|am)|wpisal(?:em|am)|mam|jest|i (?:gave|typed|entered|wrote)(?: you)?|ho (?:dato|scritto|inserito)|c'?e|there'?s|there is|to|a|an|un|una|the|il|la) )*"
    rf"{_WRONG_BEFORE} {_WHOSE}(?:{_NOUN}){_EDGE}(?P<rest>.*)$",
    re.S,
)
_STATED = re.compile(rf"^{_WHOSE}(?:{_NOUN}){_EDGE}\s*(?::|=|to jest|to|is|e'|e|brzmi|jest)\s+(?P<rest>.+)$", re.S)
_ERR_VALUE = re.compile(rf"^(?:(?:{_ERROR})[\s,.!:;-]+)+(?P<rest>.+)$", re.S)
_STARTS_IS = re.compile(rf"^\s*(?:{_IS})(?![^\W_])\s*", re.S)
_LATER_IS = re.compile(
    r"(?:powin\w+ byc|ma byc|mialo byc|poprawn\w+ to|wlasciw\w+ to|should be|it s|it is|correct (?:one )?is|right one is|dovrebbe essere"
    r"|deve essere|quell[oa] giust[oa] e|giust[oa] e|to|is|e)\s+(?P<value>\S.*)$",
    re.S,
)
_COURTESY = re.compile(r"[\s,.]+(?:please|prosz[eę]|per favore|dzi[eę]ki|thanks|grazie)[\s.!]*$", re.I)
_SHAPES = (Expects.email, Expects.tax_number, Expects.phone, Expects.postal_code)


@dataclass(frozen=True, slots=True)
class _Found:
    slots: tuple[str, ...]
    rest: str


def read_correction(text: str, expected: Expected, locale: Locale) -> Correction | None:
    """The correction of another, already answered slot that a message makes, or None."""
    if len(text) > _LONGEST or not expected.correctable:
        return None
    plain = _plain(text)
    for pattern, needs_value in (
        (_CHANGED, False),
        (_IS_WRONG, False),
        (_WRONG_IS, False),
        (_ERRED, True),
        (_STATED, True),
    ):
        match = pattern.match(plain)
        if match is None:
            continue
        found = _Found(_slots(match), text[match.start("rest") : match.end("rest")])
        correction = _resolved(found, pattern, expected, locale, needs_value=needs_value)
        if correction is not None:
            return correction
    return _by_shape(text, plain, expected, locale)


def _plain(text: str) -> str:
    """`text` unaccented, character for character, so that offsets stay."""
    return "".join((unaccent(c) or " ")[0] if c != "’" else "'" for c in text)


def _slots(match: re.Match[str]) -> tuple[str, ...]:
    return next(_NOUNS[i][0] for i in range(len(_NOUNS)) if match.group(f"n{i}") is not None)


def _resolved(
    found: _Found, pattern: re.Pattern[str], expected: Expected, locale: Locale, *, needs_value: bool
) -> Correction | None:
    slots = _also(found.slots)
    what = next((s for s in slots if s in expected.correctable and s != expected.step), None)
    if what is None or (expected.expects in slots and expected.expects not in expected.correctable):
        return None
    if pattern is _STATED and what in _NOT_STATED:
        return None
    value = _value(found.rest, what, expected, locale, named_only=not needs_value)
    return None if needs_value and value is None else Correction(what, value)


def _also(slots: tuple[str, ...]) -> tuple[str, ...]:
    """What a noun may also mean: an address is a street or an e-mail, a name a person's or a company's."""
    wider = {"company_name": ("company_name", "person_name"), "person_name": ("person_name", "company_name")}
    return wider.get(slots[0], slots)


def _value(rest: str, what: str, expected: Expected, locale: Locale, *, named_only: bool) -> str | None:
    """The new answer after the noun, normalised where its form is closed; None when only the slot was named."""
    tail = _trimmed(rest)
    if not tail:
        return None
    kind = Expects(what) if what in Expects.__members__ else None
    if kind is not None and closed(kind):
        offered = attempt(tail, kind, expected.country, locale)
        return None if offered is None else offered.value or _stripped(tail)
    if what == "method":
        return next((METHOD_VALUES[e.value] for e in find_terms(tail, locale) if e.entity == "payment_method"), None)
    introduced = _STARTS_IS.match(_plain(tail))
    if introduced is not None:
        return _trimmed(tail[introduced.end() :]) or None
    later = _LATER_IS.search(_plain(tail))
    if later is not None:
        return _trimmed(tail[later.start("value") :]) or None
    plausible = tail[0].isupper() or any(c.isdigit() for c in tail)
    return tail if plausible and (not named_only or len(tail.split()) <= 6) else None


def _trimmed(rest: str) -> str:
    """`rest` without courtesy and punctuation around it; the dot of an abbreviation ("sp. z o.o.") stays."""
    tail = _COURTESY.sub("", rest.strip(" ,;:!?\n\"'„”«»")).strip(" ,;:!?\"'„”«»")
    last = tail.rpartition(" ")[2]
    return tail if last.count(".") > 1 or 2 <= len(last) <= 4 else tail.rstrip(" .")


def _stripped(tail: str) -> str:
    introduced = _STARTS_IS.match(_plain(tail))
    return tail[introduced.end() :].strip(" .,;!?") if introduced is not None else tail


def _by_shape(text: str, plain: str, expected: Expected, locale: Locale) -> Correction | None:
    """ "no, sorry, anna@example.com": a word of error and a value that only another answer can be."""
    match = _ERR_VALUE.match(plain)
    if match is None:
        return None
    rest = text[match.start("rest") : match.end("rest")]
    own = attempt(rest, expected.expects, expected.country, locale)
    if (own is not None and own.good) or len(rest.split()) > 8:
        return None
    for kind in _SHAPES:
        if kind in expected.correctable and kind is not expected.expects:
            offered = attempt(rest, kind, expected.country, locale)
            if offered is not None and offered.good:
                return Correction(str(kind), offered.value or rest.strip(" .,;!?"))
    return None
