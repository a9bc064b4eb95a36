"""The words of corrections, unaccented: what answers are called, words of change and of error, and the forms they make.

Here are those of the shipped languages, all in one; a profile's own language brings its own. What the answer of one
dialog alone is called stands in its texts, as `called.STEP`, and comes with the open step.
"""

import re
from functools import cache, lru_cache

from msgspec import Struct
from msgspec.structs import replace

Noun = tuple[tuple[str, ...], str]
"""The answers that a noun may mean, and the noun as a regular expression."""

NOUNS: tuple[Noun, ...] = (
    (
        ("invoice_email",),
        r"(?:adres\w{0,2} )?(?:e-?mail\w{0,3}|mail\w{0,3}|mejl\w{0,3}) (?:do|dla|na) (?:e-?)?faktur\w{0,3}"
        r"|(?:indirizzo )?e-?mail (?:per|delle?) (?:le )?fattur[ae]|invoice e-?mail(?: address)?"
        r"|e-?mail(?: address)? for (?:the )?invoices?",
    ),
    (
        ("holder_email", "email"),
        r"(?:adres\w{0,2} )?(?:e-?mail\w{0,3}|mail\w{0,3}|mejl\w{0,3}) (?:do|dla|na) (?:potwierdzen\w{0,3}|aktywacj\w)"
        r"|(?:indirizzo )?(?:e-?)?mail (?:per|di|delle?|dell ?'?) ?(?:le |la |l')?(?:conferm[ae]|attivazion[ei])"
        r"|(?:e-?)?mail(?: address)? for (?:the )?(?:confirmations?|activation)",
    ),
    (
        ("orderer_email",),
        r"(?:adres\w{0,2} )?(?:e-?mail\w{0,3}|mail\w{0,3}|mejl\w{0,3}) (?:osoby )?zamawiajac\w{1,3}"
        r"|(?:indirizzo )?e-?mail di chi ordina|orderer'?s e-?mail|e-?mail of the orderer",
    ),
    (
        ("phone",),
        r"(?:numer\w{0,2} )?telefon\w{0,3} (?:osoby )?zamawiajac\w{1,3}|(?:numero di )?telefono di chi ordina"
        r"|orderer'?s phone(?: number)?",
    ),
    (
        ("person_name",),
        r"(?:imi\w{1,4} i nazwisk\w{1,3}|dane|danych) (?:osoby )?zamawiajac\w{1,3}|nome di chi ordina|orderer'?s name",
    ),
    (
        ("email", "invoice_email"),
        r"(?:adres\w{0,2} )?(?:e-?mail\w{0,3}|mail\w{0,3}|mejl\w{0,3})"
        r"|(?:indirizzo )?(?:di )?posta elettronica|indirizzo e-?mail"
        r"|(?:email|mail) address",
    ),
    (
        ("phone",),
        r"(?:numer\w{0,2} )?telefon\w{0,3}|numer\w{0,2} komork\w{1,2}|komork\w{1,2}"
        r"|(?:numero (?:di )?)?(?:telefono|cellulare)|cell"
        r"|(?:(?:tele)?phone|mobile|cell)(?: ?phone)?(?: number)?",
    ),
    (
        ("tax_number",),
        r"(?:numer\w{0,2} )?nip\w{0,2}|numer\w{0,2} podatkow\w{1,3}|partita iva|p\.? ?iva"
        r"|vat(?: (?:number|no|id))?|vatin|tax (?:number|no|id)",
    ),
    (
        ("customer_number",),
        r"(?:numer\w{0,2}|nr) (?:klienta|ewidencyjn\w{1,3}|abonenta)|(?:codice|numero) cliente"
        r"|(?:customer|client) (?:number|no|id)",
    ),
    (
        ("postal_code",),
        r"kod\w{0,3} pocztow\w{1,3}|cap|codice (?:di avviamento )?postale|post(?:al)? ?code|zip(?: code)?",
    ),
    (("sdi_code",), r"codice (?:destinatario|univoco)|(?:la |mia )?pec|sdi code|recipient code|kod\w{0,3} sdi"),
    (("discount_code",), r"kod\w{0,3} rabatow\w{1,3}|codice sconto|discount code|promo code"),
    (
        ("company_name", "person_name"),
        r"nazw\w{1,2} (?:firm\w|spolki|dzialalnosci)|nazw\w{1,2}|(?:nome"
        r"|ragione sociale)(?: dell ?'?(?:azienda|impresa)| della (?:ditta|societa))?"
        r"|(?:company|business|firm)(?: ?'?s)? name|name of the company",
    ),
    (
        ("person_name",),
        r"imi\w{1,4} i nazwisk\w{1,3}|nazwisk\w{1,3}|imi\w{1,4}|nome e cognome|cognome|(?:my |last |first |full )name"
        r"|surname",
    ),
    (("person_name", "company_name"), r"nome|name"),
    (
        ("street",),
        r"ulic\w{1,2}|adres\w{0,2}|via|indirizzo|street(?: (?:name|address))?|address|numer\w{0,2} domu"
        r"|house number|civico",
    ),
    (("city",), r"miast\w{1,2}|miejscowos\w{1,2}|citta|comune|city|town"),
    (("country",), r"kraj\w{0,2}|paese|country"),
    (("quantity",), r"liczb\w{1,2} uzytkownikow|ilosc\w{0,2}|quantita|numero (?:di )?utenti|quantity|number of users"),
    (
        ("method",),
        r"(?:metod\w{1,2}|sposob\w{0,2}|form\w{1,2}) (?:platnosci|zaplaty)|(?:metodo"
        r"|modalita) di pagamento|(?:payment method|method of payment|way of paying)",
    ),
    (
        ("auto_renewal",),
        r"(?:automatyczn\w{1,3} )?(?:odnawiani\w{1,2}|odnowieni\w{1,2}|przedluzani\w{1,2})"
        r"|rinnovo(?: automatico)?|(?:automatic |auto-? ?)?renewal",
    ),
    (("plan",), r"plan\w{0,2}|pakiet\w{0,2}|piano|pacchetto|package"),
    (("years",), r"okres\w{0,2}|liczb\w{1,2} lat|durata|anni|period|number of years|duration"),
    (("consents",), r"zgod[yae]|consens[io]|consents?"),
    (("addons",), r"dodatk\w{0,3}|servizi aggiuntivi|add-?ons?"),
)

_CHANGE = (
    r"zmien(?:ic|my|iam|cie)?|popraw(?:ic|my|iam|cie)?|zamien(?:ic|my|iam|cie)?|skoryguj|skorygowac"
    r"|podmien(?:ic)?|zaktualizuj|zaktualizowac|edytuj"
    r"|change|correct|fix|update|edit|replace|amend|cambi(?:are|amo|ate|[aio])?|corregg(?:i|ere|o|ete)"
    r"|modific(?:are|hiamo|[aio])|modifichi|aggiorn(?:a|are)"
    r"|sostitui(?:sci|re)|rettifica(?:re)?"
)
_LEAD = (
    r"(?:(?:chce|chcialbym|chcialabym|musze|prosze|prosz|moge|trzeba|i want to|i d like to"
    r"|i would like to|i need to|please|can you|can i|let me|voglio|vorrei|devo"
    r"|puoi|posso|per favore|no|nie|ok) )*"
)
_ERROR = (
    r"zle|blad|oj|ups|pomylk[ai]|pomylil(?:em|am) sie|pomylilem|pomylilam|nie tak|to nie tak"
    r"|przepraszam|sorry|sorki|korekta|poprawka|wlasciwie|jednak|nie|no"
    r"|wrong|mistake|my mistake|i made a mistake|i was wrong|oops|actually|correction|wait|hold on"
    r"|scusi|scusa|scusate|ho sbagliato|mi sono sbagliat[oa]"
    r"|sbagliato|errore|anzi|aspetta|correzione|attenzione|i mistyped|literowka"
    r"|my bad|my fault|silly me|whoops|ops|colpa mia|moja wina|ojej(?:ku)?"
)
_WHOSE = (
    r"(?:(?:moj|moja|moje|mojego|mojej|moim|nasz|nasza|nasze|ten|ta|te|my|our|the|that|il|lo|la|l|mio"
    r"|mia|nostr[oa]|nowy|nowa|nowe|new|right|correct|poprawn[yea]"
    r"|wlasciw[yea]|prawidlow[yea]|giust[oa]|corrett[oa]|nuov[oa]|jest|a|i|e|in|w|z|na|at|od|del"
    r"|della|dell|di|of|with|for|co do|dla) |l')*"
)
_NOW = r"(?: (?:teraz|obecnie|jednak|now|actually|ora|adesso|invece|inzwischen|jetzt))?"
_IS = (
    r"(?::|=|->|→|,? ?(?:powinien|powinna|powinno) (?:byc|brzmiec)|,? ?ma byc|,? ?mialo byc"
    r"|,? ?to jest|,? ?to|,? ?jest|,? ?brzmi|,? ?na|,? ?should be|,? ?must be|,? ?is now"
    r"|,? ?is|,? ?it'?s|,? ?dovrebbe essere|,? ?deve essere|,? ?e'|,? ?e|,? ?diventa|,? ?in|,? ?con)" + _NOW
)
_MISTAKEN = (
    r"(?:jest |sa |is |are |e |e' |sono |ma |has |ha |was |era |byl[aoy]? |sie |podal[ea]m |wpisal[ea]m )?"
    r"(?:zl[yaei]|bledn[yaei]"
    r"|nieaktualn[yae]|(?:sie )?zmienil[aoy]?(?: sie)?|cambiat[oa]|non (?:e )?quell[oa]|outdated|changed|moved"
    r"|not that(?: one)?|niepoprawn[yaei]|nieprawidlow[yaei]|niewlasciw[yaei]|pomylon[yaei]|zle|nie ten"
    r"|nie ta|z bledem|nie zgadza(?: sie)?|blad|literowke|wrong|incorrect|mistyped|misspelled|misspelt"
    r"|(?:copied|typed|written|spelt|spelled) (?:wrong(?:ly)?|badly)"
    r"|not (?:right|correct)|a typo|isn'?t (?:right|correct)"
    r"|sbagliat[oaie]|errat[oaie]|non (?:e )?(?:corrett|giust)[oaie]|un errore"
    r"|(?:l'ho |copiat[oaie] |era )?(?:scritt|dat|copiat)[oaie] male|l'ho sbagliat[oa])"
)
_OTHER = (
    r"(?:(?:calkiem |zupelnie )?inn[yae]|star[yae]|(?:un'?)?altr[oa]|divers[oa]|vecchi[oa]"
    r"|off|different|another(?: one)?|old)"
)
"""Names of streets and towns begin so, too ("ulica Stara 5"): only behind a verb, or before a pause."""
_WRONG = rf"(?:{_MISTAKEN}|(?:jest|to juz|is|was|e|e'|era) {_OTHER}|{_OTHER}(?=\s*[:,;.!-]))"
_WRONG_BEFORE = (
    r"(?:zl[yaei]|zlego|zlej|bledn[yaei]|bledneg?o?|niepoprawn[yaei]|nieprawidlow[yaei]|wrong"
    r"|incorrect|sbagliat[oaie]|errat[oaie]|(?:blad|literowka|typo|mistake|errore) (?:w|in|nel|nella"
    r"|nell'|in the|in my)|misspel(?:t|led)|mis(?:typed|wrote)|ho (?:scritto male|sbagliato)"
    r"|zle (?:podal|wpisal|napisal)(?:em|am)|pomylil(?:em|am)(?: sie w)?)"
)
_SAID = (
    r"podal(?:em|am)|wpisal(?:em|am)|mam|jest|i|i (?:gave|typed|entered|wrote)(?: you)?|ho (?:dato|scritto|inserito)"
    r"|c'?e|there'?s|there is|to|a|an|un|una|the|il|la"
)
_STATES = r":|=|to jest|to|is|e'|e|brzmi|jest"
_INSTEAD = (
    r"(?:a |i |ale )?nie|zamiast|w miejsce|(?:e |ma )?non|invece (?:di|del|della|dell'|che)|anziche|al posto di"
    r"|(?:and |but )?not|instead of|rather than"
)
_RATHER = r"tylko|lecz|ale|a|ma|bensi|but"
_MOVED = (
    r"(?:sie )?przeprowadzil\w{1,4}(?: sie)?|przenieslismy sie|zmienil\w{1,4} siedzibe|ci siamo (?:trasferiti|spostati)"
    r"|abbiamo (?:traslocato|cambiato sede)|(?:we|i)(?:'?ve| have)? (?:just )?(?:moved|relocated)"
)
_RENAMED = (
    r"zmienil\w{1,4} nazw\w (?:firmy )?na|(?:nasza |moja )?firma nazywa sie (?:teraz|obecnie)"
    r"|(?:teraz|obecnie) nazywamy sie|nazywamy sie (?:teraz|obecnie)|(?:nasza )?nowa nazwa(?: firmy)?(?: to|:)"
    r"|abbiamo cambiato (?:il )?nome in|(?:ora|adesso) ci chiamiamo|(?:il )?nuovo nome e"
    r"|l'azienda (?:ora|adesso) si chiama"
    r"|(?:we(?:'ve| have)? )?changed our (?:company )?name to|(?:our|the|my) (?:company|business|firm) is now called"
    r"|we(?:'re| are) now called|(?:our|the) new name is"
)
_RIGHT = r"corrett[oa]|giust[oa]|esatt[oa]|prawidlow[yae]|poprawn[yae]|wlasciw[yae]|aktualn[yae]"
_EXCEPT = (
    r"tylko|tyle ze|ale|oprocz|poza|procz|only|but|except(?: for)?|apart from|just|ma|solo|soltanto|tranne|eccetto"
    r"|salvo|meno|a parte"
    r"|z wyjatkiem|wyjawszy|other than|aside from|save for"
)
_SHOULD = (
    r"(?:powinien|powinna|powinno) (?:byc|brzmiec)|ma (?:byc|brzmiec)|mialo byc"
    r"|dovrebbe essere|deve essere|va corrett[oa] in|should (?:be|read)|must be|has to be"
)
_LATER = (
    r"powin\w+ byc|ma byc|mial[aoy]? byc|poprawn\w+ to|wlasciw\w+ to|should be|it'?s|it s|it is"
    r"|correct (?:one )?is|right one is|dovrebbe essere"
    r"|deve essere|quell[oa] giust[oa] e|giust[oa] e|wpisz\w{0,3}|napisz\w{0,3}|niech bedzie|wez"
    r"|make it|make that|put|use|write|(?:ora|adesso) e|mett[ai]|segn[ia]|scriv[ai]|us[ia]|teraz|now|to|is|e"
)
_SIGNS = (
    _CHANGE
    + "|"
    + _ERROR.replace("|nie|no|", "|")
    + "|"
    + _LATER.removesuffix("|to|is|e")
    + r"|zamiast|w miejsce|zl(?:y|a|e|ego|ej|ym)|bledn\w{1,3}|pomyl\w{2,6}|pomyl\w{1,3}|literow\w{1,3}"
    r"|przekrec\w{2,5}|nie t(?:en|a|o|amten|amta)|zmie(?:n|ni)\w{1,5}|zmian\w|zdanie|jednak|wybacz\w{0,3}"
    r"|s?kresl\w{1,3}|wykresl\w{1,3}|zapomnij\w{0,4}|skasuj\w{0,3}|wykasuj\w{0,3}|inn(?:y|a|e|ego|ej)"
    r"|tam(?:ten|ta|to|tego|tej|tym|tych)|poprzedni\w{0,3}|nieaktualn\w{1,3}|star(?:y|a|e|ego|ej)"
    r"|now(?:y|a|e|ego|ej)(?! (?:kont|klient))|prawidlow\w{1,3}|wlasciw\w{1,3}|poprawn\w{1,3}"
    r"|uzy(?:j|jcie|waj|wajcie|wac)|wez|wezcie"
    r"|wpisz\w{0,3}|zapisz\w{0,3}|(?:wyslij|slij|wyslijcie|slijcie|dzwon|pisz)\w{0,3} na|chodzilo|czyli|moj to"
    r"|moja to|sbagli\w{1,5}|errat[oaie]|refus[oi]|scus\w{1,4}|invece|anziche|al posto|cambi\w{1,5}|corregg\w{1,5}"
    r"|modific\w{1,5}|sostitu\w{2,5}|aggiorn\w{1,4}|altr[oa]|quell[oa]|giust[oa]|corrett[oa]|vecchi[oa]|nuov[oa]"
    r"|us(?:i|a|ate)|mett(?:a|i|ete)|segn(?:i|a|ate)|scriv(?:a|i|ete)|prend(?:a|i|ete)|butt(?:i|a|ate)"
    r"|lasci (?:perdere|stare)|era|volevo dire|cioe|ripensandoci|il mio e|la mia e|mand(?:i|a|ate) (?:a|al|lo a)"
    r"|wrong\w{0,2}|mistake\w?|mistyped?|misspel\w{1,5}|typos?|apolog\w{2,5}|oops|ugh|instead|rather"
    r"|chwil\w{1,6}|zaraz|moment\w?|czekaj\w{0,3}|poczekaj\w{0,3}|stop|aspett\w{1,3}|perdon\w|un attimo"
    r"|chang(?:e|ed|ing)|correct\w{0,3}|scratch|forget|strike|drop|ditch|swap|use|take|make (?:it|that)|meant|mean"
    r"|another|other|different|old|new(?! (?:account|customer|client|profile))|supposed|pardon|sry|soz"
    r"|should|ought|powin\w{2,4}|dov(?:rebb\w{1,4}|eva(?:no)?)|vanno"
    r"|no longer|not the|hang on|mine(?: is|'s)?"
    r"|send (?:it|them|the code) to|my bad|second thoughts?"
    r"|nasz[ae]?(?: to| ma| jest| nip|: )|moj[ae]?(?: ma| jest|(?=:? \+?\d))|gapa|przestawil\w{1,3}"
    r"|(?:nip|przepisal\w{1,2}|podal\w{1,2}) (?:cudz\w{1,3}|szefa|kogos)|invertit\w"
    r"|(?:il|la) (?:nostr[oa]|mi[oa]) (?:e|ha)|ours?(?: is|'?s|:)|we are(?= (?:nip )?\d)|moje to|i miei sono|mine are"
    r"|my error|swapped|(?:some|any)(?:body|one) else'?s?"
)
"""With one of these beside it, a value is the new one of an answer that was given before."""


class CorrectionWords(Struct, frozen=True, eq=False):
    """The words of corrections as regular expressions of unaccented text; `whose`, `lead` and `is_` as whole groups."""

    nouns: tuple[Noun, ...]
    change: str
    lead: str
    error: str
    whose: str
    is_: str
    wrong: str
    wrong_before: str
    said: str
    states: str
    later: str
    instead: str = r"(?!)"  # what stands before the answer that isn't meant
    rather: str = r"(?!)"  # what stands between that and the one that is
    should: str = r"(?!)"  # what an answer is to be
    moved: str = r"(?!)"  # what says that the address is another now
    renamed: str = r"(?!)"  # what says that the company has another name now
    right: str = r"(?!)"  # what an answer is called behind its name: "il CAP corretto"
    except_: str = r"(?!)"  # what stands between "all right" and what isn't
    signs: str = r"(?!)"  # what stands beside the new value of an answer, in any place
    change_last: bool = False  # the language also puts the word of change at the end


class CorrectionForm(Struct, frozen=True, eq=False):
    """One form of a correction. `needs_value`: it is none without the new answer; `bare`: it only states an answer.

    `shown`: it is one only where the answers are shown to be confirmed ("all right, but the street …").
    """

    pattern: re.Pattern[str]
    needs_value: bool = False
    bare: bool = False
    shown: bool = False
    ends: bool = False  # without the new answer it is one only where nothing follows the noun
    slot: str = ""  # what it is about where no noun says it


class Corrections(Struct, frozen=True, eq=False):
    """The forms of corrections in some languages, in the order in which they are tried."""

    nouns: tuple[Noun, ...]
    forms: tuple[CorrectionForm, ...]
    err_value: re.Pattern[str]
    starts_is: re.Pattern[str]
    later_is: re.Pattern[str]
    not_meant: re.Pattern[str]
    rather: re.Pattern[str]
    lead_in: re.Pattern[str]
    signs: re.Pattern[str]
    denies: re.Pattern[str]
    change: re.Pattern[str]
    made_of: CorrectionWords

    def slots(self, form: CorrectionForm, match: re.Match[str]) -> tuple[str, ...]:
        """Return the slots that the noun of a match names, or its form."""
        if form.slot:
            return (form.slot,)
        return next(slots for i, (slots, _) in enumerate(self.nouns) if match.group(f"n{i}") is not None)


_EDGE = r"(?![^\W_])"
_START = r"(?<![^\W_])"
_TO_PLACE = r"teraz|obecnie|to|na|do|w|pod|adres|ora|adesso|in|a|siamo|now|at|jetzt|nach"
_BEFORE_VALUE = r"jest|to|na|do|is|was|the|e|e'|era|il|la|al|numer|nr|number|numero"


def corrections_of(w: CorrectionWords) -> Corrections:
    """Compile the forms of correction made of the words. Errors: re.error."""
    noun = "|".join(f"(?P<n{i}>{pattern})" for i, (_, pattern) in enumerate(w.nouns))
    erred = rf"(?:(?:{w.error})[\s,.!:;-]+)"
    named = rf"{w.whose}(?:{noun})(?: (?:{w.right}))?{_EDGE}"
    forms = [
        CorrectionForm(re.compile(rf"^{erred}?{w.lead}(?:{w.change}) {named}(?P<rest>.*)$", re.S)),
        CorrectionForm(re.compile(rf"^{erred}*{named}(?: sie|'s)? {w.wrong}{_EDGE}(?P<rest>.*)$", re.S)),
        CorrectionForm(re.compile(rf"^{erred}*(?:(?:{w.said}) )*{w.wrong_before} {named}(?P<rest>.*)$", re.S)),
        CorrectionForm(re.compile(rf"^{erred}+{named}\s*{w.is_}(?![^\W_])\s*(?P<rest>.+)$", re.S), needs_value=True),
        CorrectionForm(
            re.compile(rf"^{erred}*{named}\s+(?P<rest>(?:{w.instead})\s+\S.*[\s,;](?:{w.rather})\s+[^?]+)$", re.S),
            needs_value=True,
        ),
        CorrectionForm(re.compile(rf"^{named},?\s+(?:{w.should})\s+(?P<rest>[^?]+)$", re.S), needs_value=True),
        CorrectionForm(re.compile(rf"^{named}\s*(?:{w.states})\s+(?P<rest>.+)$", re.S), needs_value=True, bare=True),
        CorrectionForm(
            re.compile(
                rf"^(?:[^?]{{0,40}}[,.;!]\s+)?{erred}*(?:{w.moved})[\s,:]+(?:(?:{_TO_PLACE})\s+)*(?P<rest>[^?]+)$", re.S
            ),
            needs_value=True,
            shown=True,
            slot="street",
        ),
        CorrectionForm(
            re.compile(rf"^(?:[^?]{{0,40}}[,.;!]\s+)?{erred}*(?:{w.renamed})[\s:]+(?P<rest>[^?]+)$", re.S),
            needs_value=True,
            slot="company_name",
        ),
        CorrectionForm(
            re.compile(rf"^(?:[^?]{{0,60}}?[\s,])?(?:{w.except_})\s+{named}(?P<rest>[^?]*)$", re.S),
            shown=True,
            ends=True,
        ),
    ]
    if w.change_last:
        forms.insert(
            1, CorrectionForm(re.compile(rf"^{erred}*{w.lead}{named}(?P<rest>.*?)\s+(?:{w.change})\W*$", re.S))
        )
    return Corrections(
        w.nouns,
        tuple(forms),
        re.compile(rf"^{erred}+(?P<rest>.+)$", re.S),
        re.compile(rf"^\s*(?:{w.is_})(?![^\W_])\s*", re.S),
        re.compile(rf"(?:^|(?<=[\s,;:]))(?:{w.later})\s+(?P<value>\S.*)$", re.S),
        re.compile(rf"(?:^|(?<=[\s,;(]))(?:{w.instead})\s+(?=\S)", re.S),
        re.compile(rf"[\s,;]+(?:{w.rather})\s+(?P<value>\S.*)$", re.S),
        re.compile(rf"^{erred}*(?:{named}\s*(?:(?:{w.states})\s+)?)?"),
        re.compile(rf"{_START}(?:{w.signs}){_EDGE}"),
        re.compile(rf"{_START}(?:{w.instead}|isn'?t|wasn'?t)\s+(?:(?:{_BEFORE_VALUE})\s+)*$"),
        re.compile(rf"{_START}(?:{w.change}){_EDGE}"),
        w,
    )


@lru_cache(maxsize=32)
def also_called(known: Corrections, nouns: tuple[Noun, ...]) -> Corrections:
    """Return the forms with more nouns, looked for before the others."""
    return corrections_of(replace(known.made_of, nouns=(*nouns, *known.made_of.nouns))) if nouns else known


@cache
def shipped() -> Corrections:
    """Return the corrections in any of the shipped languages."""
    return corrections_of(
        CorrectionWords(
            nouns=NOUNS,
            change=_CHANGE,
            lead=_LEAD,
            error=_ERROR,
            whose=_WHOSE,
            is_=_IS,
            wrong=_WRONG,
            wrong_before=_WRONG_BEFORE,
            said=_SAID,
            states=_STATES,
            later=_LATER,
            instead=_INSTEAD,
            rather=_RATHER,
            should=_SHOULD,
            moved=_MOVED,
            renamed=_RENAMED,
            right=_RIGHT,
            except_=_EXCEPT,
            signs=_SIGNS,
        )
    )


def tells_a_move(said: str) -> bool:
    """Return whether unaccented words tell that somebody has moved: street, postal code and town are others now."""
    return _moved().search(said) is not None


@cache
def _moved() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{shipped().made_of.moved})\b")
