"""The small words around spoken numbers, per language, unaccented."""

from collections.abc import Mapping

from msgspec import Struct, field

from values.locale import SHIPPED, Locale

Phrases = dict[str, list[tuple[str, ...]]]
"""Phrases of words by their first word, the longest first."""


class NumberCues(Struct, frozen=True, eq=False):
    """The small words of one language; see the tables below for what each means."""

    corrections: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    restarts: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    tail: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    times: Mapping[str, int] = field(default_factory=dict[str, int])
    counted: Mapping[str, str] = field(default_factory=dict[str, str])
    plurals: Mapping[str, str] = field(default_factory=dict[str, str])
    repeaters: frozenset[str] = frozenset()
    scales: Mapping[str, int] = field(default_factory=dict[str, int])
    fillers: frozenset[str] = frozenset()
    joiners: frozenset[str] = frozenset()
    ends: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    first: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    before_last: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    instead: Phrases = field(default_factory=dict[str, list[tuple[str, ...]]])
    contrasts: frozenset[str] = frozenset()


NO_CUES = NumberCues()
"""Those of a language of which nothing is known."""


def phrases(text: str) -> Phrases:
    """Index phrases separated by `|` by their first word, longest first."""
    table: Phrases = {}
    for phrase in text.split("|"):
        words = tuple(phrase.split())
        table.setdefault(words[0], []).append(words)
    for options in table.values():
        options.sort(key=len, reverse=True)
    return table


def _plurals(text: str) -> dict[str, str]:
    """Return ten groups of words for 0…9, synonyms joined by `/`."""
    return {w: str(digit) for digit, group in enumerate(text.split()) for w in group.split("/")}


CORRECTIONS: dict[Locale, Phrases] = {
    Locale("pl"): phrases(
        "nie|nie nie|nie tak|nie przepraszam|przepraszam|sorry|sorki|znaczy|to znaczy|tzn|znaczy sie|pomylka"
        "|pomylilem sie|pomylilam sie"
        "|albo nie|nie nie tak|zle|oj|wroc|czekaj|czekajcie|poprawka|poprawiam|wlasciwie|chwila|moment|stop"
        "|ojej|ups|wybacz|wybaczcie|kurcze|zaraz|moja wina|moj blad|wroc wroc|prawidlowo|wlasciwa to|dobra to"
    ),
    Locale("it"): phrases(
        "no|no no|scusi|scusa|scusate|mi scusi|pardon|anzi|anzi no|aspetti|aspetta|aspettate|mi correggo"
        "|correggo|volevo dire"
        "|ho sbagliato|mi sono sbagliato|mi sono sbagliata|sbagliato|cioe|un attimo|momento|no scusi|no scusa"
        "|un momento|un secondo|ops|oddio|chiedo scusa|perdoni|mi perdoni|perdonate|errore|errore mio|la correggo"
        "|quella giusta e|quello giusto e|per meglio dire"
    ),
    Locale("en"): phrases(
        "no|no no|no sorry|sorry|my mistake|actually|scratch that|hang on|hold on|make that|i mean|i"
        " meant|wait|correction|oops"
        "|let me correct that|wrong|rather|pardon|apologies|nope|oh no|oh sorry|oh wait|oh dear|oh my mistake"
        "|oh hang on|oh hold on|whoops|excuse me|my bad|my apologies|i misspoke|strike that|let me fix that"
        "|i should say|the right one is|the correct one is|the right one s|one moment|one second|one sec"
    ),
}
"""Words that take back the group said before."""

RESTARTS: dict[Locale, Phrases] = {
    Locale("pl"): phrases(
        "od nowa|jeszcze raz|od poczatku|jeszcze raz od poczatku|zaczynam od nowa|zaczynam jeszcze raz"
        "|dyktuje jeszcze raz"
    ),
    Locale("it"): phrases(
        "da capo|dall inizio|ricomincio|ricominciamo|riparto|ripeto|di nuovo|ricomincio da capo|ripartiamo da capo"
    ),
    Locale("en"): phrases(
        "start again|from the start|from the beginning|let me start again|let me start over|start over"
        "|starting over|once more"
        "|again from the top|from the top|i ll start again|all over again"
    ),
}
"""Words that take back everything said before."""

TAIL: dict[Locale, Phrases] = {
    Locale("pl"): phrases(
        "ostatnie dwie|ostatnie dwa|ostatnie trzy|ostatnie cztery|dwie ostatnie|dwa ostatnie|trzy"
        " ostatnie|ostatnia|ostatnie|koncowka|ostatni"
        "|ostatnia cyfra|ostatnia cyfra to|ostatnie cyfry|ostatnie cyfry to|ostatnie 2|ostatnie 3|ostatnie 4"
        "|ostatnia litera|ostatnia literka|ostatni znak|ostatnia liczba|ostatnie liczby|ostatnia grupa|cztery ostatnie"
        "|konczy sie na|na koncu ma byc|na koncu powinno byc|na koncu powinna byc"
        "|koncowe|koncowa|koncowa cyfra|2 ostatnie|3 ostatnie|4 ostatnie"
    ),
    Locale("it"): phrases(
        "le ultime due|gli ultimi due|le ultime tre|gli ultimi tre|le ultime quattro|gli ultimi quattro"
        "|ultime due|ultimi due|ultime tre"
        "|ultimi tre|l ultima|l ultima cifra|l ultima cifra e|ultima cifra|le ultime cifre"
        "|l ultimo|le ultime|gli ultimi|finisce con|finisce per|finale|le ultime 2"
        "|gli ultimi 2|le ultime 3|gli ultimi 3|le ultime 4|gli ultimi 4|le due finali|le tre finali"
        "|l ultima lettera|ultima lettera|la lettera finale|lettera finale|la cifra finale|cifra finale|le cifre finali"
        "|l ultimo numero|ultimo numero|l ultimo carattere|ultimo carattere|gli ultimi numeri|termina con|termina per"
        "|alla fine deve essere|alla fine dev essere|alla fine ci va|alla fine va|in fondo va|in fondo ci va"
    ),
    Locale("en"): phrases(
        "the last two|the last three|the last four|last two|last three|last four|the last one|last one"
        "|the last digit|last digit|ends in|ending in"
        "|the last digit is|the last digits are"
        "|ends with|the ending is|the last 2|the last 3|last 2|last 3|the last|final two|final three|final four"
        "|the final two|the final three|the final four|the final digit|final digit|the final digits|final digits"
        "|the final one|final one|the final letter|final letter|the last letter|last letter|the last number"
        "|the last character|last character|the last 4|last 4|the last digits|last digits|the ending|the very last"
        "|ends|it ends|at the end it should be|at the end should be|the end should be"
    ),
}
"""Words before new last digits."""

ENDS: dict[Locale, Phrases] = {
    Locale("pl"): phrases("na koncu"),
    Locale("it"): phrases("alla fine|in fondo|infine"),
    Locale("en"): phrases("at the end|finally"),
}
"""New last digits are announced by these behind a correction; elsewhere they are passed over."""

FIRST: dict[Locale, Phrases] = {
    Locale("pl"): phrases(
        "pierwsza|pierwsza cyfra|pierwsza litera|pierwszy znak|pierwsze dwie|pierwsze trzy|dwie pierwsze|trzy pierwsze"
        "|pierwsze cyfry|na poczatku"
    ),
    Locale("it"): phrases(
        "la prima|la prima cifra|la prima lettera|prima cifra|prima lettera|il primo|il primo numero|le prime due"
        "|le prime tre|i primi due|i primi tre|le prime cifre|all inizio"
    ),
    Locale("en"): phrases(
        "the first|the first one|the first digit|first digit|the first letter|first letter|the first two"
        "|the first three|first two|first three|the first digits|at the beginning"
    ),
}
"""Words before new first digits."""

BEFORE_LAST: dict[Locale, Phrases] = {
    Locale("pl"): phrases("przedostatnia|przedostatnia cyfra|przedostatnia litera|przedostatni|przedostatni znak"),
    Locale("it"): phrases("la penultima|penultima|la penultima cifra|il penultimo|penultimo|la penultima lettera"),
    Locale("en"): phrases(
        "the second to last|second to last|the last but one|last but one|the second last|the penultimate|penultimate"
        "|the penultimate digit|the second to last digit|the last but one digit"
    ),
}
"""Words before a new last digit but one."""

INSTEAD: dict[Locale, Phrases] = {
    Locale("pl"): phrases("zamiast|w miejsce|w miejscu|a nie"),
    Locale("it"): phrases("al posto di|al posto del|al posto della|invece di|invece del|anziche|non|non e"),
    Locale("en"): phrases("instead of|in place of|rather than|not|it s not|it is not|not the"),
}
"""Words before digits that were said wrongly; the right ones follow, or were said right before.

Before a comma it takes back what was said last, as CORRECTIONS do.
"""

CONTRASTS: dict[Locale, frozenset[str]] = {
    Locale("pl"): frozenset("tylko lecz ale a wpisac wpisz wstaw wchodzi".split()),
    Locale("it"): frozenset("ma bensi pero va metta metti scriva ci".split()),
    Locale("en"): frozenset("but read put use write have".split()),
}
"""Words between the wrong digits and the right ones."""

TIMES: dict[Locale, dict[str, int]] = {
    Locale("pl"): {"podwojne": 2, "podwojna": 2, "podwojny": 2, "potrojne": 3, "potrojna": 3, "potrojny": 3},
    Locale("it"): {"doppio": 2, "doppia": 2, "triplo": 3, "tripla": 3},
    Locale("en"): {"double": 2, "triple": 3, "treble": 3, "quadruple": 4},
}

COUNTED: dict[Locale, dict[str, str]] = {
    Locale("pl"): {
        w: n
        for n, ws in {
            "2": "dwa dwie",
            "3": "trzy",
            "4": "cztery",
            "5": "piec",
            "6": "szesc",
            "7": "siedem",
            "8": "osiem",
            "9": "dziewiec",
        }.items()
        for w in ws.split()
    },
    Locale("it"): {w: str(n) for n, w in enumerate("due tre quattro cinque sei sette otto nove".split(), start=2)},
    Locale("en"): {w: str(n) for n, w in enumerate("two three four five six seven eight nine".split(), start=2)},
}
"""Counts before a plural or "times"."""

PLURALS: dict[Locale, dict[str, str]] = {
    Locale("pl"): _plurals(
        "zera/zer jedynki/jedynek dwojki/dwojek trojki/trojek czworki/czworek/czworeczki piatki/piatek szostki/szostek"
        " siodemki/siodemek osemki/osemek dziewiatki/dziewiatek"
    ),
    Locale("it"): {"zeri": "0"},
    Locale("en"): _plurals("zeros/zeroes/ohs/noughts ones twos threes fours fives sixes sevens eights nines"),
}

REPEATERS: dict[Locale, frozenset[str]] = {
    Locale("pl"): frozenset({"razy"}),
    Locale("it"): frozenset({"volte"}),
    Locale("en"): frozenset({"times"}),
}

SCALES: dict[Locale, dict[str, int]] = {
    Locale("pl"): {"tysiac": 1000, "tysiace": 1000, "tysiecy": 1000},
    Locale("it"): {"cento": 100, "mila": 1000},
    Locale("en"): {"hundred": 100, "thousand": 1000},
}

HESITATION = frozenset("ee eee eeee ehm eh ehmm em emm hm hmm mhm mm mmm uh uhm um umm er erm yyy yy ah aah".split())

FILLERS: dict[Locale, frozenset[str]] = {
    Locale("pl"): HESITATION
    | frozenset(
        "eee ee e yyy yy y hm hmm mhm ehm um potem dalej i na koncu nastepnie no wiec teraz jeszcze oraz"
        " pozniej jednak kolejno kolejne znowu znow zas wreszcie kreska myslnik minus spacja kropka"
        " ukosnik cyfry cyfra to jest sa mialo byc ma maja powinno powinny powinna"
        " byl byla tu taj prosze oh och".split()
    ),
    Locale("it"): HESITATION
    | frozenset(
        "ehm eh ehmm mmm allora successivamente dopodiche invece pero"
        " poi e infine quindi dopo ancora alla fine trattino punto spazio barra"
        " cifre cifra e' sono doveva essere dev deve devono"
        " dovrebbe dovrebbero ecco uhm dunque oh".split()
    ),
    Locale("en"): HESITATION
    | frozenset(
        "um uh er erm ehm hmm after that again though"
        " then and next finally at the end dash hyphen dot space slash digits digit"
        " is are it s should be that so well"
        " followed by okay ok".split()
    ),
}
"""Passed over between groups."""

_JOINERS: dict[Locale, frozenset[str]] = {Locale("en"): frozenset({"and"})}

CUES: dict[Locale, NumberCues] = {
    code: NumberCues(
        CORRECTIONS[code],
        RESTARTS[code],
        TAIL[code],
        TIMES[code],
        COUNTED[code],
        PLURALS[code],
        REPEATERS[code],
        SCALES[code],
        FILLERS[code],
        _JOINERS.get(code, frozenset()),
        ENDS[code],
        FIRST[code],
        BEFORE_LAST[code],
        INSTEAD[code],
        CONTRASTS[code],
    )
    for code in SHIPPED
}
"""All of them by language."""
