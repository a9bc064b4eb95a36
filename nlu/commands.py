"""Commands that work at every step, typed as words or as a button's payload."""

from typing import get_args

from nlu.corrections.step_back import reads_step_back
from nlu.languages.language import Languages
from values.locale import parse_locale
from values.meaning import CommandName, Expected, NavigationCommand, Press
from values.parsing import fold_words
from values.patterns import regex

_COURTESY = regex(
    r"^(?:(?:prosze|poprosze|hej|halo|ok|okej|dobra|no|czesc|please|hey|hi|hello|well|per favore"
    r"|per piacere|scusi|scusa|allora|ciao) )+"
    r"|(?: (?:prosze|poprosze|dzieki|dziekuje|please|thanks|thank you|pls|per favore|per piacere"
    r"|grazie|teraz|now|adesso|ora))+$"
)
_OF_COURTESY = frozenset(
    "prosze poprosze hej halo ok okej dobra no czesc please hey hi hello well per scusi scusa allora ciao"
    " dzieki dziekuje thanks you pls favore piacere grazie teraz now adesso ora".split()
)
"""The first words of courtesy, and the last."""
_LONGEST = 60

_LISTS: dict[CommandName, str] = {
    "back": "wstecz|cofnij|cofnij sie|wroc|wracam|wroc krok|krok wstecz|o krok wstecz|cofnij o krok"
    "|poprzednie pytanie|poprzedni krok|powrot"
    "|chce sie cofnac|wroc do poprzedniego pytania"
    "|indietro|torna indietro|torna|un passo indietro|passo indietro|domanda precedente|passo"
    " precedente|vai indietro|tornare indietro"
    "|back|go back|step back|one step back|previous|previous question|previous step|take me back",
    "cancel": "anuluj|anuluj to|anuluj zamowienie|przerwij|przerwij to|rezygnuje|rezygnuje z zamowienia"
    "|rezygnuje z zakupu|koniec|wyjscie|wyjdz"
    "|zakoncz|wychodze"
    "|annulla|annulla tutto|annulla l ordine|annullare|interrompi|ferma|fermati|esci|uscita"
    "|cancel|cancel it|cancel that|cancel this|cancel order|cancel my order|cancel the order|abort|quit|exit|end",
    "stop": "stop|przestan|przestancie|basta|basta cosi|smettila|smettetela|stop it",
    "restart": "od nowa|zacznij od nowa|od poczatku|zacznij od poczatku|zacznijmy od nowa|zacznijmy od poczatku"
    "|jeszcze raz od poczatku|restart"
    "|zaczynamy od nowa|zaczynam od nowa|resetuj"
    "|ricomincia|ricominciamo|da capo|ricomincia da capo|ricominciamo da capo|dall inizio|riavvia|da zero"
    "|start again|start over|restart|begin again|from the beginning|from the start|from scratch|reset|startover",
    "help": "pomoc|pomocy|potrzebuje pomocy|pomoz|pomoz mi|pomozcie|help|co mam zrobic|co teraz|nie wiem co"
    " zrobic|instrukcja"
    "|aiuto|aiutami|aiutatemi|mi serve aiuto|ho bisogno di aiuto|cosa devo fare|guida|che devo fare"
    "|po co to|po co wam to|po co ci to|po co to wam|po co wam moje dane|po co wam te dane|po co ci moje dane"
    "|po co wam moj telefon|po co wam moj numer|po co wam moj e mail|dlaczego o to pytasz|dlaczego pytasz"
    "|do czego wam to|do czego to potrzebne|dlaczego to potrzebne|po co o to pytacie"
    "|perche|perche lo chiedete|perche lo chiedi|a cosa serve|a che serve|a cosa vi serve|perche vi servono i miei dati"
    "|a cosa vi servono i miei dati|perche volete i miei dati|a cosa vi serve il mio numero"
    "|why|why do you ask|why do you need it|why do you need this|why do you need that|why do you need my data"
    "|why do you need my phone|why do you need my number|why do you need my email|what do you need it for"
    "|what is it for"
    "|help me|i need help|need help|help please|what now|what do i do|assist",
    "agent": "czlowiek|konsultant|konsultantka|agent|doradca|pracownik|z czlowiekiem|chce rozmawiac z"
    " czlowiekiem|chce rozmawiac z konsultantem"
    "|polacz z konsultantem|skontaktuj sie z naszymi ekspertami|skontaktuj mnie z ekspertem|kontakt z ekspertem"
    "|chce porozmawiac z ekspertem|polacz z ekspertem|polacz mnie z konsultantem|polacz mnie z czlowiekiem|rozmowa z"
    " konsultantem|zywy czlowiek|daj czlowieka|z konsultantem"
    "|operatore|umano|persona|una persona|parlare con una persona|voglio parlare con una persona"
    "|voglio un operatore|un operatore|assistenza|contatta i nostri esperti|contattare i vostri esperti"
    "|contatta gli esperti|contattare gli esperti|contatta un esperto|voglio parlare con un esperto|un esperto"
    "|parlare con un operatore|voglio parlare con un operatore|consulente"
    "|contact our experts|contact your experts|contact the experts|contact an expert|talk to an expert"
    "|speak to an expert|an expert|human|a human|agent|an agent|person|a person|operator|representative"
    "|talk to a human|speak to a human|talk to a person|real person"
    "|i want to talk to a human|i want a human|speak to an agent|talk to an agent|human please",
    "repeat": "powtorz|powtorz pytanie|jeszcze raz|co mowiles|co|slucham|powtorzysz|mozesz powtorzyc|powtorz"
    " prosze|jakie bylo pytanie"
    "|ripeti|ripetere|ripeti la domanda|puoi ripetere|come scusa|non ho capito ripeti|ripeta|puo ripetere"
    "|repeat|say that again|say it again|repeat that|come again|again please|can you repeat|can you"
    " repeat that|repeat the question|pardon",
    "where": "gdzie jestem|na czym stanelismy|gdzie skonczylismy|ile jeszcze|ile zostalo|ile krokow zostalo"
    "|co juz mamy|podsumowanie|na jakim etapie jestem"
    "|dove sono|dove siamo|a che punto siamo|quanto manca|a che punto sono|riepilogo|quanti passi mancano"
    "|where am i|where are we|how much is left|how many steps left|what s left|progress|how far are"
    " we|where did we stop",
    "elsewhere": "kontynuuj w telegramie|kontynuuj na telegramie|przejdz na telegram|przejdz do telegrama"
    "|dalej w telegramie"
    "|kontynuuj w przegladarce|przejdz do przegladarki|kontynuuj na stronie|kontynuuj gdzie indziej|przenies rozmowe"
    "|continua su telegram|prosegui su telegram|passa a telegram|continua nel browser|continua sul sito"
    "|prosegui nel browser|continua altrove|prosegui altrove|sposta la conversazione"
    "|continue on telegram|go on on telegram|switch to telegram|move to telegram|continue on the web"
    "|continue in the browser|continue in my browser|continue elsewhere|go on elsewhere|move this chat",
    "start": "start|poczatek|menu|menu glowne|menu principale|main menu|inizia|zaczynamy|begin|zacznij",
}

_NO_REMINDERS = (
    "nie przypominaj|nie przypominaj mi|nie przypominaj wiecej|nie przypominaj mi wiecej|nie przypominajcie"
    "|nie przypominajcie mi|nie wysylaj przypomnien|nie wysylajcie przypomnien|nie chce przypomnien"
    "|wylacz przypomnienia|wylacz mi przypomnienia|bez przypomnien|stop przypomnieniom"
    "|non ricordarmelo|non ricordarmelo piu|non me lo ricordare|non me lo ricordare piu|niente promemoria"
    "|basta promemoria|non voglio promemoria|non mandarmi promemoria|disattiva i promemoria|stop promemoria"
    "|don t remind me|do not remind me|don t remind me again|stop reminding me|stop reminders|no reminders"
    "|no more reminders|i don t want reminders|turn off reminders|turn reminders off"
)
_OFF_LISTS = (
    "wypisz mnie|wypiszcie mnie|wypisz mnie stad|wypiszcie mnie stad|wypisz mnie z listy|wypiszcie mnie z listy"
    "|usun mnie z listy|usuncie mnie z listy|chce sie wypisac|wypisuje sie"
    "|disiscrivimi|disiscrivetemi|voglio disiscrivermi|cancellami dalla lista|cancellatemi dalla lista"
    "|toglimi dalla lista|toglietemi dalla lista"
    "|unsubscribe|unsubscribe me|i want to unsubscribe|take me off your list|take me off the list"
    "|remove me from your list|remove me from the list|opt out|opt me out"
)
_TO_PL = (
    "po polsku|polski|polska wersja|jezyk polski|po polsku prosze|mow po polsku|mowmy po polsku|pisz"
    " po polsku|zmien na polski"
    "|zmien jezyk na polski|polacco|in polacco|polish|in polish|speak polish|polish please|switch to"
    " polish|parla polacco"
)
_TO_IT = (
    "in italiano|italiano|lingua italiana|parla italiano|parliamo in italiano|passa all italiano"
    "|cambia in italiano|cambia lingua in italiano"
    "|po wlosku|wloski|zmien na wloski|zmien jezyk na wloski|italian|in italian|italian please"
    "|switch to italian|speak italian"
)
_TO_EN = (
    "english|in english|english please|speak english|switch to english|change to english|in english"
    " please|do you speak english|po angielsku"
    "|angielski|zmien na angielski|zmien jezyk na angielski|mow po angielsku|inglese|in inglese"
    "|parla inglese|cambia in inglese|passa all inglese"
    "|cambia lingua in inglese"
)


_EXPORT = (
    "pobierz moje dane|eksportuj moje dane|wyeksportuj moje dane|kopia moich danych|chce kopie moich danych"
    "|scarica i miei dati|esporta i miei dati|una copia dei miei dati|voglio una copia dei miei dati"
    "|download my data|export my data|a copy of my data|i want a copy of my data|send me my data"
)


_INVOICES = (
    "moje faktury|pokaz moje faktury|pokaz mi moje faktury|pokaz faktury|pokaz mi faktury|lista faktur"
    "|lista moich faktur|chce zobaczyc faktury|chce zobaczyc moje faktury|le mie fatture|mostra le mie fatture"
    "|mostrami le mie fatture|mostra le fatture|mostrami le fatture|fammi vedere le fatture|elenco fatture"
    "|voglio vedere le mie fatture|the invoices|my invoices|show my invoices|show me my invoices"
    "|show the invoices|show invoices|list my invoices|i want to see my invoices"
)
_NO_EINVOICE = (
    "wylacz e fakture|wylacz e faktury|wylaczcie e fakture|chce wylaczyc e fakture|chce wylaczyc e faktury"
    "|rezygnuje z e faktury|rezygnuje z e faktur|dezaktywuj e fakture|dezaktywuj e faktury|nie chce e faktury"
    "|nie chce juz e faktury|nie chce juz e faktur|chce papierowe faktury|chce znowu papierowe faktury"
    "|wycofuje zgode na e fakture|wycofuje zgode na e faktury|cofam zgode na e fakture|cofam zgode na e faktury"
    "|disattiva la fattura elettronica|disattiva le fatture elettroniche|disattiva la e fattura"
    "|disattiva e fattura|non voglio piu la fattura elettronica|voglio la fattura cartacea"
    "|voglio di nuovo la fattura cartacea|revoco il consenso alla fattura elettronica|turn off e invoices"
    "|turn e invoices off|switch off e invoices|disable e invoices|deactivate e invoices|turn off e invoice"
    "|no more e invoices|i want paper invoices|i want paper invoices again|i withdraw my consent to e invoices"
)
_HOW_NO_EINVOICE = (
    "jak wylaczyc e fakture|jak wylaczyc e faktury|jak wycofac zgode na e fakture|jak wycofac zgode na e faktury"
    "|jak zrezygnowac z e faktury|come revoco il consenso alla fattura elettronica"
    "|come disattivo la fattura elettronica|how do i withdraw my consent to e invoices"
    "|how do i turn off e invoices"
)
_NO_ACCESS = (
    "nie mam dostepu do tego numeru ani maila|nie mam dostepu do tego numeru ani e maila"
    "|nie mam dostepu do tego numeru|nie mam dostepu do tego maila|nie mam dostepu do tego e maila"
    "|nie mam dostepu do tego telefonu|nie mam dostepu do tej skrzynki|nie mam dostepu ani do numeru ani do maila"
    "|nie mam dostepu do numeru ani maila|nie mam juz tego numeru|nie mam juz tego numeru ani maila"
    "|nie mam juz tego telefonu|nie mam juz tego maila|zmienilem numer telefonu|zmienilam numer telefonu"
    "|non ho accesso a questo numero"
    "|non ho accesso a quel numero|non ho accesso a quel numero ne all e mail|non ho accesso a questa e mail"
    "|non ho piu questo numero|non ho piu quel numero|non ho piu quella e mail|ho cambiato numero"
    "|i have no access to that number|i have no access to this number|i have no access to that number or e mail"
    "|i have no access to that number or email|i have no access to that e mail|i don t have access to that number"
    "|i don t have access to this number|i don t have access to that e mail|i don t have that number any more"
    "|i no longer have that number|i no longer have this number|i changed my number"
)


def _table() -> dict[str, NavigationCommand | Press]:
    table: dict[str, NavigationCommand | Press] = {
        phrase: NavigationCommand(name) for name, phrases in _LISTS.items() for phrase in phrases.split("|")
    }
    table |= {phrase: NavigationCommand("stop", "reminders") for phrase in _NO_REMINDERS.split("|")}
    table |= {phrase: NavigationCommand("stop", "lists") for phrase in _OFF_LISTS.split("|")}
    table |= {phrase: Press("zone:export") for phrase in _EXPORT.split("|")}
    table |= {phrase: Press("zone:invoices") for phrase in _INVOICES.split("|")}
    table |= {phrase: Press("zone:einvoice_off") for phrase in _NO_EINVOICE.split("|")}
    table |= {phrase: Press("einvoice:withdraw") for phrase in _HOW_NO_EINVOICE.split("|")}
    table |= {phrase: Press("contact:no_access") for phrase in _NO_ACCESS.split("|")}
    for code, phrases in (("pl", _TO_PL), ("it", _TO_IT), ("en", _TO_EN)):
        table |= {phrase: NavigationCommand("lang", code) for phrase in phrases.split("|")}
    return table


_COMMANDS = _table()


def read_command(text: str, langs: Languages) -> NavigationCommand | Press | None:
    """Return the command, or the button that works anywhere, that a whole message is; accents and courtesy don't count.

    The conversation's own language is tried before the shipped ones, these before brought ones.
    """
    if len(text) > _LONGEST * 2:
        return None
    words = fold_words(text)
    if len(words) > _LONGEST:
        return None
    own, *others = langs
    plain = _OF_COURTESY.isdisjoint((words.partition(" ")[0], words.rpartition(" ")[2]))
    bared = [words] if plain else [words, _COURTESY.sub("", words).strip()]
    bared += [_bare(words, lang.courtesy) for lang in langs if lang.courtesy]
    tables = (own.commands, _COMMANDS, *[lang.commands for lang in others])
    known = (command for table in tables if table for said in bared if (command := table.get(said)))
    return next(known, None) or (NavigationCommand("back") if reads_step_back(text) else None)


def _bare(words: str, courtesy: frozenset[str]) -> str:
    """Strip words of courtesy from both ends."""
    said = words.split()
    while said and said[0] in courtesy:
        said = said[1:]
    while said and said[-1] in courtesy:
        said = said[:-1]
    return " ".join(said)


_NAMES: frozenset[str] = frozenset(get_args(CommandName))
_COMMAND = regex(r"(?:/|cmd:)(?P<name>[a-z]{1,20})(?:@\w{1,40})?(?:\s+(?P<argument>\S{1,80}))?")
_START_TOKEN = regex(r"[A-Za-z0-9_-]{1,64}")
_PRESS = regex(r"[a-z][a-z0-9_]{0,40}:[a-z0-9][a-z0-9_.:-]{0,80}")
_NUMBER = regex(r"[0-9.\-:]{5,}")
_LABELS = frozenset("nip vat iva piva tel mail kod code codice http https pin nr numer".split())


def read_payload(text: str, expected: Expected) -> Press | NavigationCommand | None:
    """Return the press or command that a text is by its shape, or None. A label followed by a number is no payload."""
    stripped = text.strip()
    if any(stripped == option.payload for option in expected.options):
        return Press(stripped)
    if ":" not in stripped and not stripped.startswith("/"):
        return None
    match = _COMMAND.fullmatch(stripped)
    if match is not None:
        return _command(match.group("name"), match.group("argument"))
    if not _PRESS.fullmatch(stripped):
        return None
    step, _, value = stripped.partition(":")
    if step in _LABELS or _NUMBER.fullmatch(value):
        return None
    return Press(stripped)


def _command(name: str, argument: str | None) -> NavigationCommand | None:
    if name == "lang":
        locale = parse_locale(argument or "")
        return NavigationCommand("lang", locale or argument)
    if name == "start":
        return NavigationCommand("start", argument if argument and _START_TOKEN.fullmatch(argument) else None)
    if name == "elsewhere" and argument == "close":
        return NavigationCommand("elsewhere", argument)
    for known in get_args(CommandName):
        if name == known and argument is None:
            return NavigationCommand(known)
    return None
