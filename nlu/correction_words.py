"""The words of corrections in three languages, unaccented: what answers are called, words of change and of error."""

import re

NOUNS: tuple[tuple[tuple[str, ...], str], ...] = (
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
        ("company_name",),
        r"nazw\w{1,2} (?:firm\w|spolki|dzialalnosci)|nazw\w{1,2}|(?:nome"
        r"|ragione sociale)(?: dell ?'?(?:azienda|impresa)| della (?:ditta|societa))?"
        r"|(?:company|business|firm)(?: ?'?s)? name|name of the company",
    ),
    (
        ("person_name",),
        r"imi\w{1,4} i nazwisk\w{1,3}|nazwisk\w{1,3}|imi\w{1,4}|nome e cognome|cognome|nome|(?:my |last "
        r"|first |full )?name|surname",
    ),
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
    r"zmien(?:ic|my|iam|cie)?|popraw(?:ic|my|iam|cie)?|zamien(?:ic)?|skoryguj|skorygowac"
    r"|podmien(?:ic)?|zaktualizuj|zaktualizowac|edytuj"
    r"|change|correct|fix|update|edit|replace|amend|cambi(?:a|are|o|amo|ate)|corregg(?:i|ere|o|ete)"
    r"|modific(?:a|are|o|hiamo)|aggiorn(?:a|are)"
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
)
_WHOSE = (
    r"(?:(?:moj|moja|moje|mojego|mojej|moim|nasz|nasza|nasze|ten|ta|te|my|our|the|that|il|lo|la|l|mio"
    r"|mia|nostr[oa]|nowy|nowa|nowe|new|right|correct|poprawn[yea]"
    r"|wlasciw[yea]|prawidlow[yea]|giust[oa]|corrett[oa]|nuov[oa]|jest|a|i|e|in|w|z|na|at|od|del"
    r"|della|dell|di|of|with|for|co do|dla) |l')*"
)
_IS = (
    r"(?::|=|->|→|,? ?(?:powinien|powinna|powinno) (?:byc|brzmiec)|,? ?ma byc|,? ?mialo byc"
    r"|,? ?to jest|,? ?to|,? ?jest|,? ?brzmi|,? ?na|,? ?should be|,? ?must be|,? ?is now"
    r"|,? ?is|,? ?it'?s|,? ?dovrebbe essere|,? ?deve essere|,? ?e'|,? ?e|,? ?diventa|,? ?in|,? ?con)"
)
_WRONG = (
    r"(?:jest |sa |is |are |e |e' |sono |ma |has |ha |was |byl[aoy]? |sie )?(?:zl[yaei]|bledn[yaei]"
    r"|niepoprawn[yaei]|nieprawidlow[yaei]|niewlasciw[yaei]|pomylon[yaei]|zle|nie ten"
    r"|nie ta|z bledem|nie zgadza(?: sie)?|blad|literowke|wrong|incorrect|mistyped|misspelled"
    r"|not (?:right|correct)|a typo|isn'?t (?:right|correct)"
    r"|sbagliat[oaie]|errat[oaie]|non (?:e )?(?:corrett|giust)[oaie]|un errore)"
)
_WRONG_BEFORE = (
    r"(?:zl[yaei]|zlego|zlej|bledn[yaei]|bledneg?o?|niepoprawn[yaei]|nieprawidlow[yaei]|wrong"
    r"|incorrect|sbagliat[oaie]|errat[oaie]|(?:blad|literowka|typo|mistake|errore) (?:w|in|nel|nella"
    r"|nell'|in the|in my))"
)
_NOUN = "|".join(f"(?P<n{i}>{pattern})" for i, (_, pattern) in enumerate(NOUNS))
_EDGE = r"(?![^\W_])"
CHANGED = re.compile(
    rf"^(?:(?:{_ERROR})[\s,.!:;-]+)?{_LEAD}(?:{_CHANGE}) {_WHOSE}(?:{_NOUN}){_EDGE}(?P<rest>.*)$", re.S
)
ERRED = re.compile(rf"^(?:(?:{_ERROR})[\s,.!:;-]+)+{_WHOSE}(?:{_NOUN}){_EDGE}\s*{_IS}(?![^\W_])\s*(?P<rest>.+)$", re.S)
IS_WRONG = re.compile(
    rf"^(?:(?:{_ERROR})[\s,.!:;-]+)*{_WHOSE}(?:{_NOUN}){_EDGE}(?: sie)? {_WRONG}{_EDGE}(?P<rest>.*)$", re.S
)
WRONG_IS = re.compile(
    rf"^(?:(?:{_ERROR})[\s,.!:;-]+)*(?:(?:podal(?:em|am)|wpisal(?:em|am)|mam|jest|i (?:gave|typed"
    rf"|entered|wrote)(?: you)?|ho (?:dato|scritto|inserito)|c'?e|there'?s|there is|to|a|an|un|una|the"
    rf"|il|la) )*"
    rf"{_WRONG_BEFORE} {_WHOSE}(?:{_NOUN}){_EDGE}(?P<rest>.*)$",
    re.S,
)
STATED = re.compile(rf"^{_WHOSE}(?:{_NOUN}){_EDGE}\s*(?::|=|to jest|to|is|e'|e|brzmi|jest)\s+(?P<rest>.+)$", re.S)
ERR_VALUE = re.compile(rf"^(?:(?:{_ERROR})[\s,.!:;-]+)+(?P<rest>.+)$", re.S)
STARTS_IS = re.compile(rf"^\s*(?:{_IS})(?![^\W_])\s*", re.S)
LATER_IS = re.compile(
    r"(?:powin\w+ byc|ma byc|mialo byc|poprawn\w+ to|wlasciw\w+ to|should be|it s|it is"
    r"|correct (?:one )?is|right one is|dovrebbe essere"
    r"|deve essere|quell[oa] giust[oa] e|giust[oa] e|to|is|e)\s+(?P<value>\S.*)$",
    re.S,
)
