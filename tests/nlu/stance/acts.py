"""The acts of the property test *assertion*: plain forms, the words they are made of, and what taking effect means.

A frame takes a plain form and makes of it what isn't asserted by the customer, now. Frames of one act's grammar stand
with the act; those of any sentence are shared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from values.meaning import (
    BindingAct,
    Consenting,
    ConsentName,
    Expected,
    Expects,
    Intent,
    Meaning,
    NavigationCommand,
    OptionWords,
    Press,
)

Effect = Callable[[Meaning], bool]

PAY = Expected(
    Expects.choice,
    "pay",
    (OptionWords("pay:now", ("Zamawiam z obowiązkiem zapłaty", "Order now", "Ordino ora"), BindingAct.order),),
)
PAYMENT = Expected(Expects.payment, "payment", (OptionWords("payment:check", ("Sprawdź płatność",)),))
TERMS = Expected(
    Expects.choice,
    "terms",
    (OptionWords("terms:accept", ("Akceptuję regulamin", "I accept", "Accetto"), BindingAct.agree),),
)
EINVOICE = Expected(
    Expects.choice,
    "einvoice",
    (
        OptionWords("einvoice:activate", ("Włącz", "Activate", "Attiva"), BindingAct.activate),
        OptionWords("einvoice:later", ("Później", "Later", "Più tardi")),
    ),
)
RENEWAL = Expected(
    Expects.choice,
    "auto_renewal",
    (
        OptionWords("auto_renewal:yes", ("Tak", "Yes", "Sì"), BindingAct.renew),
        OptionWords("auto_renewal:no", ("Nie", "No")),
    ),
)
WITHDRAWAL = Expected(
    Expects.choice,
    "einvoice_off",
    (
        OptionWords(
            "einvoice_off:yes", ("Wycofaj zgodę", "Withdraw consent", "Revoca il consenso"), BindingAct.withdraw
        ),
    ),
)
MAIL = Expected(Expects.email, "email")
MENU = Expected(
    Expects.nothing,
    "zone",
    consents=(
        ConsentName("marketing_email", False, ("Marketing e-mailem", "Marketing via e-mail", "Marketing by e-mail")),
    ),
)


def pressed(payload: str) -> Effect:
    """Return the test of an option that is taken."""
    return lambda meant: isinstance(meant, Press) and meant.payload == payload


def wished(*names: str) -> Effect:
    """Return the test of an intent."""
    return lambda meant: isinstance(meant, Intent) and meant.name in names


def commanded(name: str) -> Effect:
    """Return the test of a command."""
    return lambda meant: isinstance(meant, NavigationCommand) and meant.name == name


@dataclass(frozen=True)
class Act:
    """An act at the step where it can be done.

    `plain` by language are forms that take effect; `third` their verb said of somebody else, `past` of before; `polite`
    acts are also done for a request in the form of a question, so that only real questions do nothing.
    """

    name: str
    at: Expected
    took: Effect
    plain: dict[str, tuple[str, ...]]
    third: dict[str, tuple[str, ...]]
    past: dict[str, tuple[str, ...]]
    denied: dict[str, tuple[str, ...]]
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


WHO = {
    "pl": (
        "moja żona",
        "kolega",
        "szefowa",
        "mój wspólnik",
        "księgowa",
        "mój brat",
        "klient",
        "prezes",
        "moja siostra",
        "dyrektor",
    ),
    "it": (
        "mia moglie",
        "il mio collega",
        "il capo",
        "il mio socio",
        "la commercialista",
        "mio fratello",
        "il cliente",
        "il direttore",
        "mia sorella",
        "mio marito",
    ),
    "en": (
        "my wife",
        "a colleague of mine",
        "my boss",
        "my partner",
        "my accountant",
        "my brother",
        "the client",
        "our director",
        "my sister",
        "my husband",
    ),
}
WHEN = {
    "pl": ("wczoraj", "w zeszłym roku", "rok temu", "dawniej", "miesiąc temu", "tydzień temu"),
    "it": ("ieri", "l'anno scorso", "un anno fa", "in passato", "il mese scorso", "una settimana fa"),
    "en": ("yesterday", "last year", "a year ago", "in the past", "last month", "a week ago"),
}
IF = {
    "pl": (
        "jeśli szef się zgodzi",
        "jeżeli dostanę rabat",
        "gdyby było taniej",
        "o ile to nic nie kosztuje",
        "pod warunkiem że będzie taniej",
        "chyba że się rozmyślę",
    ),
    "it": (
        "se il capo è d'accordo",
        "se ricevo uno sconto",
        "qualora costasse meno",
        "a patto che costi meno",
        "a condizione che sia gratis",
        "a meno che non cambi idea",
    ),
    "en": (
        "if my boss agrees",
        "if I get a discount",
        "unless it costs more",
        "provided it's cheaper",
        "as long as it's free",
        "in case it's cheaper",
    ),
}
LATER = {
    "pl": ("jutro", "później", "za tydzień", "w przyszłym miesiącu"),
    "it": ("domani", "più tardi", "tra una settimana", "il mese prossimo"),
    "en": ("tomorrow", "later", "next week", "next month"),
}
SAYS = {
    "pl": ("piszecie że", "on mówi że", "co znaczy"),
    "it": ("dite che", "lui dice che", "cosa significa"),
    "en": ("you say that", "he says that", "what does it mean"),
}


def frames(act: Act, lang: str) -> Iterator[str]:
    """Yield sentences that name the act without asking for it: of third persons, the past, conditions, denials."""
    for verb in act.third[lang]:
        yield from (f"{who} {verb}" for who in WHO[lang])
        yield from (
            f"{who} {verb}, nie ja"
            if lang == "pl"
            else f"{who} {verb}, non io"
            if lang == "it"
            else f"{who} {verb}, not me"
            for who in WHO[lang]
        )
        yield from (f"{verb} {who}" for who in WHO[lang] if lang != "en" and not verb.startswith(("chce", "vuole")))
        yield from (f"{who} {verb} {when}" for who in WHO[lang] for when in LATER[lang])
    for verb in act.past[lang]:
        yield from (f"{verb} {when}" for when in WHEN[lang])
        yield from (f"{when} {verb}" for when in WHEN[lang])
    yield from act.denied[lang]
    for denied in act.denied[lang]:
        yield from (f"{denied} {when}" for when in LATER[lang])
        yield from (f"{condition}, {denied}" for condition in IF[lang])
    for plain in act.plain[lang]:
        yield from (f"{plain} {condition}" for condition in IF[lang])
        yield from (f"{plain}, {condition}" for condition in IF[lang])
        yield from (f"{condition} {plain}" for condition in IF[lang])
        yield from (f"{said} {plain}" for said in SAYS[lang])
    yield from act.asked.get(lang, ())
    yield from (f"{who} {verb}?" for who in WHO[lang] for verb in act.third[lang])


_NO_MORE = {"pl": ("{}, ale nie teraz",), "it": ("{}, ma non ora",), "en": ("{}, but not now",)}

ACTS = (
    Act(
        "order",
        PAY,
        pressed("pay:now"),
        {
            "pl": ("zamawiam", "zamawiamy", "płacę", "zamawiam i płacę", "składam zamówienie", "tak, zamawiam"),
            "it": ("ordino", "ordiniamo", "pago", "ordino e pago", "sì, ordino", "confermo l'ordine e pago"),
            "en": ("I order", "place the order", "I pay", "order it", "yes, I order", "I order and pay"),
        },
        {
            "pl": ("zamawia", "płaci", "zamówi", "zapłaci", "składa zamówienie"),
            "it": ("ordina", "paga", "ordinerà", "pagherà", "fa l'ordine"),
            "en": ("orders", "pays", "will order", "will pay", "places the order"),
        },
        {
            "pl": ("zamawiałem", "płaciłam", "zamówiłem", "zapłaciliśmy", "kupiłem"),
            "it": ("ho ordinato", "ho pagato", "abbiamo ordinato", "avevo ordinato", "ho comprato"),
            "en": ("I ordered", "I paid", "we ordered", "I had ordered", "I bought it"),
        },
        {
            "pl": ("nie zamawiam", "nie płacę", "nic nie zamawiam", "nie chcę zamawiać", "nigdy nie zamówię"),
            "it": ("non ordino", "non pago", "non ordino niente", "non voglio ordinare", "non ordinerò mai"),
            "en": ("I don't order", "I won't pay", "I'm not ordering", "I don't want to order", "never order it"),
        },
        {
            "pl": ("czy zamawiam?", "zamawiam?", "mogę zamówić?", "czy mam zapłacić?", "po co płacę?"),
            "it": ("ordino?", "posso ordinare?", "devo pagare?", "perché pago?", "come ordino?"),
            "en": ("do I order?", "can I order?", "must I pay?", "why do I pay?", "shall I order?"),
        },
    ),
    Act(
        "agree",
        TERMS,
        pressed("terms:accept"),
        {
            "pl": ("akceptuję", "tak, akceptuję", "zgadzam się", "akceptuję regulamin", "potwierdzam", "zgoda"),
            "it": ("accetto", "sì, accetto", "sono d'accordo", "accetto i termini", "confermo", "approvo"),
            "en": ("I accept", "yes, I accept", "I agree", "I accept the terms", "I confirm", "agreed"),
        },
        {
            "pl": ("akceptuje regulamin", "zgadza się", "zaakceptuje", "potwierdzi", "przyjmuje warunki"),
            "it": ("accetta", "è d'accordo", "accetterà", "confermerà", "approva"),
            "en": ("accepts", "agrees", "will accept", "will confirm", "approves"),
        },
        {
            "pl": ("akceptowałem", "zgadzałam się", "kiedyś akceptowałem", "potwierdzałem", "akceptowaliśmy"),
            "it": ("avevo accettato", "ero d'accordo", "avevamo accettato", "accettavo", "confermavo"),
            "en": ("I used to accept", "I used to agree", "I had accepted", "we had agreed", "I was in agreement"),
        },
        {
            "pl": (
                "nie akceptuję",
                "nie zgadzam się",
                "nie potwierdzam",
                "nie chcę akceptować",
                "nigdy nie zaakceptuję",
            ),
            "it": ("non accetto", "non sono d'accordo", "non confermo", "non voglio accettare", "non accetterò mai"),
            "en": ("I don't accept", "I don't agree", "I won't confirm", "I don't want to accept", "I never accept"),
        },
        {
            "pl": (
                "czy akceptuję?",
                "akceptuję?",
                "muszę akceptować?",
                "po co mam potwierdzać?",
                "tak sobie",
                "tak właśnie myślałem",
                "ok, rozumiem",
                "hm",
                "yhm",
                "rozumiem",
                "reszta dobrze",
                "wszystko dobrze oprócz ceny",
            ),
            "it": (
                "accetto?",
                "devo accettare?",
                "perché devo confermare?",
                "sì insomma",
                "sì vabbè",
                "ok, ho capito",
                "mah",
                "capisco",
                "il resto va bene",
                "tutto bene tranne il prezzo",
            ),
            "en": (
                "do I accept?",
                "must I accept?",
                "why should I confirm?",
                "so so",
                "ok, I see",
                "ok, I understand",
                "hm",
                "got it",
                "the rest is fine",
                "all fine except the price",
            ),
        },
    ),
    Act(
        "activate",
        EINVOICE,
        pressed("einvoice:activate"),
        {
            "pl": ("włączam", "włącz", "aktywuję", "aktywuj", "włączcie e-faktury", "tak, włącz"),
            "it": (
                "attivo",
                "attiva",
                "attivate",
                "sì, attiva",
                "attivate la fattura elettronica",
                "attivo la fattura elettronica",
            ),
            "en": ("activate", "enable it", "switch it on", "yes, activate", "activate e-invoices", "turn them on"),
        },
        {
            "pl": ("włącza", "aktywuje", "włączy", "aktywuje e-faktury", "uruchomi"),
            "it": ("attiva", "attiverà", "attiva la fattura elettronica", "abilita", "abiliterà"),
            "en": ("activates it", "will activate it", "enables it", "switches it on", "turns it on"),
        },
        {
            "pl": ("włączałem", "aktywowałem", "włączyłem", "aktywowaliśmy", "uruchomiłam"),
            "it": ("avevo attivato", "ho attivato", "abbiamo attivato", "attivavo", "avevamo attivato"),
            "en": (
                "I had it activated",
                "I used to activate",
                "I had enabled it",
                "it was activated",
                "I was activating it",
            ),
        },
        {
            "pl": ("nie włączam", "nie włączajcie", "nie aktywuję", "nie chcę włączać", "nie aktywujcie"),
            "it": ("non attivo", "non attivate", "non voglio attivare", "non attivare", "non la attivo"),
            "en": (
                "don't activate",
                "do not enable it",
                "I won't activate",
                "I don't want to activate",
                "never activate it",
            ),
        },
        {
            "pl": ("czy włączam?", "muszę włączyć?", "co się stanie jak włączę?", "po co włączać?"),
            "it": ("attivo?", "devo attivare?", "cosa succede se attivo?", "perché attivare?"),
            "en": ("do I activate?", "must I activate it?", "what happens if I activate it?", "why activate it?"),
        },
    ),
    Act(
        "renew",
        RENEWAL,
        pressed("auto_renewal:yes"),
        {
            "pl": (
                "odnawiaj",
                "odnawiajcie automatycznie",
                "włącz odnawianie",
                "tak, odnawiaj",
                "przedłużajcie",
                "włączcie automatyczne odnawianie",
            ),
            "it": (
                "rinnova",
                "rinnovate automaticamente",
                "attiva il rinnovo",
                "sì, rinnova",
                "rinnovo automatico sì",
                "attivate il rinnovo automatico",
            ),
            "en": (
                "renew",
                "renew it automatically",
                "turn renewal on",
                "yes, renew",
                "enable automatic renewal",
                "turn on automatic renewal",
            ),
        },
        {
            "pl": ("odnawia", "przedłuża", "odnowi", "przedłuży", "włącza odnawianie"),
            "it": ("rinnova l'abbonamento", "rinnoverà", "attiva il rinnovo", "lo rinnova", "lo rinnoverà"),
            "en": ("renews it", "will renew it", "turns renewal on", "extends it", "will extend it"),
        },
        {
            "pl": ("odnawiałem", "przedłużałem", "odnowiłem", "przedłużyliśmy", "włączyłem odnawianie"),
            "it": ("avevo rinnovato", "ho rinnovato", "abbiamo rinnovato", "rinnovavo", "avevo attivato il rinnovo"),
            "en": ("I had it renewed", "I used to renew", "it was renewed", "I had renewal on", "we had renewed it"),
        },
        {
            "pl": (
                "nie odnawiaj",
                "nie odnawiajcie",
                "nie przedłużajcie",
                "nie chcę odnawiania",
                "nie włączajcie odnawiania",
            ),
            "it": (
                "non rinnovare",
                "non rinnovate",
                "non voglio il rinnovo",
                "non attivate il rinnovo",
                "niente rinnovo",
            ),
            "en": ("don't renew", "do not renew it", "I don't want renewal", "don't turn renewal on", "never renew it"),
        },
        {
            "pl": ("czy odnawiać?", "muszę odnawiać?", "co jeśli włączę odnawianie?", "jak działa odnawianie?"),
            "it": ("devo rinnovare?", "cosa succede se rinnovo?", "come funziona il rinnovo?", "perché rinnovare?"),
            "en": ("must I renew?", "what if I renew?", "how does renewal work?", "why renew it?"),
        },
    ),
    Act(
        "withdraw",
        WITHDRAWAL,
        pressed("einvoice_off:yes"),
        {
            "pl": (
                "wycofuję",
                "wycofuję zgodę",
                "cofam zgodę",
                "tak, wycofuję",
                "odwołuję zgodę",
                "tak, wycofuję zgodę",
            ),
            "it": (
                "revoco",
                "revoco il consenso",
                "ritiro il consenso",
                "sì, revoco",
                "sì, ritiro il consenso",
                "sì, revoco il consenso",
            ),
            "en": (
                "I withdraw",
                "I withdraw my consent",
                "I revoke my consent",
                "yes, I withdraw",
                "withdraw my consent",
                "yes, I revoke it",
            ),
        },
        {
            "pl": ("wycofuje zgodę", "wycofa zgodę", "cofnie zgodę", "odwołuje zgodę", "odwoła zgodę"),
            "it": ("revoca il consenso", "revocherà", "ritira il consenso", "ritirerà il consenso", "vuole revocare"),
            "en": ("withdraws consent", "will withdraw consent", "revokes it", "will revoke it", "takes consent back"),
        },
        {
            "pl": ("wycofywałem zgodę", "wycofałem zgodę", "cofnąłem zgodę", "odwołaliśmy zgodę", "wycofałam"),
            "it": (
                "avevo revocato",
                "ho revocato",
                "abbiamo ritirato il consenso",
                "revocavo",
                "avevo ritirato il consenso",
            ),
            "en": (
                "I had withdrawn",
                "I used to withdraw",
                "it was withdrawn",
                "I had revoked it",
                "consent was revoked",
            ),
        },
        {
            "pl": (
                "nie wycofuję",
                "nie wycofuję zgody",
                "nie cofam zgody",
                "nie chcę wycofać zgody",
                "nie odwołuję zgody",
            ),
            "it": (
                "non revoco",
                "non revoco il consenso",
                "non ritiro il consenso",
                "non voglio revocare",
                "non ritiro niente",
            ),
            "en": (
                "I don't withdraw",
                "I do not withdraw my consent",
                "I won't revoke it",
                "I don't want to withdraw",
                "never withdraw it",
            ),
        },
        {
            "pl": ("czy wycofać?", "mogę wycofać zgodę?", "jak wycofać zgodę?", "co jeśli wycofam zgodę?"),
            "it": ("posso revocare?", "come revoco il consenso?", "cosa succede se revoco?", "devo revocare?"),
            "en": ("can I withdraw?", "how do I withdraw consent?", "what if I withdraw?", "should I withdraw it?"),
        },
    ),
    Act(
        "cancel",
        PAYMENT,
        commanded("cancel"),
        {
            "pl": (
                "anuluj",
                "anulujcie",
                "rezygnuję",
                "anuluj zamówienie",
                "anulujcie, nie będę płacił",
                "proszę anulować zamówienie",
            ),
            "it": (
                "annulla",
                "annullate",
                "annulla l'ordine",
                "annullate, non pago",
                "voglio annullare",
                "annullate l'ordine per favore",
            ),
            "en": (
                "cancel",
                "cancel it",
                "cancel my order",
                "cancel it, I won't pay",
                "I want to cancel",
                "please cancel the order",
            ),
        },
        {
            "pl": ("anuluje", "rezygnuje", "anuluje zamówienie", "zrezygnuje", "odwoła zamówienie"),
            "it": ("annulla", "annullerà", "annulla l'ordine", "rinuncia", "vuole annullare"),
            "en": ("cancels", "will cancel", "cancels the order", "wants to cancel", "gives up"),
        },
        {
            "pl": ("anulowałem", "zrezygnowałem", "anulowaliśmy zamówienie", "rezygnowałam", "odwołałem zamówienie"),
            "it": ("ho annullato", "avevo annullato", "abbiamo annullato l'ordine", "ho rinunciato", "annullavo"),
            "en": ("I cancelled", "I had cancelled", "we cancelled the order", "I was cancelling", "it was cancelled"),
        },
        {
            "pl": ("nie anuluj", "nie anulujcie", "nie rezygnuję", "nie chcę anulować", "nie anulujcie zamówienia"),
            "it": ("non annullare", "non annullate", "non rinuncio", "non voglio annullare", "non annullate l'ordine"),
            "en": (
                "don't cancel",
                "do not cancel it",
                "I'm not cancelling",
                "I don't want to cancel",
                "don't cancel my order",
            ),
        },
        {
            "pl": (
                "czy mogę anulować?",
                "anuluj?",
                "jak anulować?",
                "co jeśli anuluję?",
                "albo nie, wracamy do zamówienia",
                "szefowa zamawia, nie ja",
            ),
            "it": (
                "posso annullare?",
                "annulla?",
                "come annullo?",
                "cosa succede se annullo?",
                "anzi no, torniamo all'ordine",
            ),
            "en": ("can I cancel?", "cancel?", "how do I cancel?", "what if I cancel?", "buying!", "out of order"),
        },
    ),
    Act(
        "hand_over",
        MAIL,
        lambda meant: wished("talk_to_agent", "complaint")(meant) or commanded("agent")(meant),
        {
            "pl": (
                "chcę rozmawiać z konsultantem",
                "proszę o konsultanta",
                "połącz mnie z człowiekiem",
                "mogę prosić o konsultanta?",
                "czy mogę porozmawiać z człowiekiem?",
                "połączcie mnie w końcu z konsultantem!",
            ),
            "it": (
                "voglio parlare con un operatore",
                "passatemi una persona",
                "vorrei un operatore",
                "posso parlare con una persona?",
                "mi passate un operatore?",
                "fatemi parlare con un operatore!",
            ),
            "en": (
                "I want to talk to a human",
                "get me an agent",
                "I'd like to speak to a person",
                "can I talk to a human?",
                "could I speak to an agent?",
                "let me talk to a human now!",
            ),
        },
        {
            "pl": (
                "chce rozmawiać z konsultantem",
                "rozmawia z konsultantem",
                "porozmawia z konsultantem",
                "zadzwoni do konsultanta",
            ),
            "it": (
                "vuole parlare con un operatore",
                "parla con un operatore",
                "parlerà con un operatore",
                "chiamerà un operatore",
            ),
            "en": ("wants to talk to an agent", "talks to an agent", "will talk to an agent", "will call an agent"),
        },
        {
            "pl": (
                "rozmawiałem z konsultantem",
                "rozmawialiśmy z konsultantem",
                "dzwoniłem do konsultanta",
                "pisałam z konsultantem",
            ),
            "it": (
                "ho parlato con un operatore",
                "abbiamo parlato con un operatore",
                "avevo parlato con un operatore",
                "ho chiamato un operatore",
            ),
            "en": (
                "I talked to an agent",
                "we talked to an agent",
                "I had an agent on the line",
                "I was talking to an agent",
            ),
        },
        {
            "pl": (
                "nie chcę konsultanta",
                "nie chcę rozmawiać z konsultantem",
                "nie potrzebuję konsultanta",
                "bez konsultanta, nie trzeba",
                "nie łączcie mnie z konsultantem",
            ),
            "it": (
                "non voglio un operatore",
                "non voglio parlare con un operatore",
                "non mi serve un operatore",
                "non passatemi un operatore",
                "non chiamate l'operatore",
            ),
            "en": (
                "I don't want an agent",
                "I don't want to talk to a human",
                "I don't need an agent",
                "don't connect me to an agent",
                "don't call an agent",
            ),
        },
    ),
    Act(
        "log_in",
        PAY,
        wished("log_in"),
        {
            "pl": (
                "zaloguj mnie",
                "chcę się zalogować",
                "czy mogę się zalogować?",
                "proszę mnie zalogować",
                "mam już konto i chcę się zalogować",
                "muszę się zalogować",
            ),
            "it": (
                "voglio accedere",
                "vorrei accedere al mio account",
                "posso accedere?",
                "fatemi accedere",
                "ho un account e voglio accedere al mio account",
                "devo accedere al mio account",
            ),
            "en": (
                "log me in",
                "I want to log in",
                "can I log in?",
                "please log me in",
                "I have an account and I want to log in",
                "I need to log in",
            ),
        },
        {
            "pl": ("się loguje", "się zaloguje", "loguje się do konta", "chce się zalogować", "może się zalogować"),
            "it": ("accede", "accederà", "accede all'account", "vuole accedere", "può accedere"),
            "en": ("logs in", "will log in", "logs in to the account", "wants to log in", "can log in"),
        },
        {
            "pl": ("zalogowałem się", "logowałem się", "zalogowaliśmy się", "logowałam się do konta"),
            "it": ("ho fatto l'accesso", "avevo fatto l'accesso", "ho acceduto", "abbiamo acceduto"),
            "en": ("I logged in", "I was logged in", "we logged in", "I had logged in"),
        },
        {
            "pl": (
                "nie loguj mnie",
                "nie chcę się logować",
                "nie będę się logować",
                "nie logujcie mnie",
                "nie zaloguję się",
            ),
            "it": ("non voglio accedere", "non accedo", "non fatemi accedere", "non intendo accedere", "non accederò"),
            "en": (
                "don't log me in",
                "I don't want to log in",
                "I won't log in",
                "do not log me in",
                "never log me in",
            ),
        },
    ),
    Act(
        "log_out",
        PAY,
        wished("log_out"),
        {
            "pl": (
                "wyloguj",
                "wyloguj mnie",
                "chcę się wylogować, to nie mój komputer",
                "proszę mnie wylogować",
                "wylogujcie mnie",
                "czy mogę się wylogować?",
            ),
            "it": (
                "scollegami",
                "disconnettimi",
                "voglio fare il logout, non è il mio computer",
                "fatemi il logout",
                "scollegatemi per favore",
                "posso fare il logout?",
            ),
            "en": (
                "log out",
                "log me out",
                "sign me out, this isn't my computer",
                "please log me out",
                "I want to log out",
                "can you log me out?",
            ),
        },
        {
            "pl": ("się wyloguje", "chce się wylogować", "wyloguje się", "może się wylogować"),
            "it": ("fa il logout", "vuole fare il logout", "si disconnette", "si scollega"),
            "en": ("logs out", "will log out", "wants to log out", "can log out"),
        },
        {
            "pl": ("wylogowałem się", "wylogowaliście mnie", "wylogowałam się", "wylogowaliśmy się"),
            "it": (
                "ho fatto il logout",
                "avevo fatto il logout",
                "abbiamo fatto il logout",
                "mi avevate fatto il logout",
            ),
            "en": ("I logged out", "I was logged out", "we logged out", "I had logged out"),
        },
        {
            "pl": (
                "nie wylogowuj mnie",
                "nie wyloguj mnie",
                "nie chcę się wylogować",
                "nie wylogujcie mnie",
                "nie będę się wylogowywać",
            ),
            "it": (
                "non scollegarmi",
                "non disconnettermi",
                "non voglio fare il logout",
                "non fate il logout",
                "non scollegatemi",
            ),
            "en": (
                "don't log me out",
                "don't log out",
                "I don't want to log out",
                "do not sign me out",
                "never log me out",
            ),
        },
    ),
    Act(
        "language",
        PAY,
        commanded("lang"),
        {
            "pl": (
                "mów po angielsku",
                "czy możemy rozmawiać po angielsku?",
                "zmień język na angielski",
                "proszę po angielsku",
                "chcę po włosku",
                "możemy po angielsku?",
            ),
            "it": (
                "parla inglese",
                "possiamo parlare in inglese?",
                "cambia lingua in inglese",
                "in inglese per favore",
                "passa all'inglese",
                "vorrei parlare in polacco",
            ),
            "en": (
                "speak Polish",
                "can we speak Polish?",
                "switch to Italian",
                "in Polish please",
                "I want to speak Polish",
                "could you speak Italian?",
            ),
        },
        {
            "pl": ("mówi po angielsku", "rozmawia po angielsku", "pisze po angielsku", "czyta po włosku"),
            "it": ("parla inglese", "scrive in inglese", "legge in inglese", "parlerà in inglese"),
            "en": ("speaks Polish", "writes in Polish", "will speak Polish", "reads Italian"),
        },
        {
            "pl": (
                "rozmawialiśmy po angielsku",
                "pisałem po angielsku",
                "mówiłem po włosku",
                "uczyłem się po angielsku",
            ),
            "it": (
                "abbiamo parlato in inglese",
                "ho scritto in inglese",
                "parlavo inglese",
                "avevo parlato in inglese",
            ),
            "en": (
                "we talked in Polish",
                "I was speaking Polish",
                "I used to speak Italian",
                "we had talked in Italian",
            ),
        },
        {
            "pl": (
                "nie mów po angielsku",
                "nie chcę po angielsku",
                "nie zmieniaj języka na angielski",
                "nie piszcie po włosku",
                "nie po angielsku",
            ),
            "it": (
                "non parlare inglese",
                "non voglio l'inglese",
                "non cambiare lingua in inglese",
                "non in inglese",
                "non scrivete in polacco",
            ),
            "en": (
                "don't speak Polish",
                "I don't want Polish",
                "don't switch to Italian",
                "not in Polish",
                "never write in Italian",
            ),
        },
        {
            "pl": (
                "wystawię fakturę po angielsku?",
                "czy regulamin jest po angielsku?",
                "faktura będzie po włosku?",
                "macie umowę po angielsku?",
            ),
            "it": (
                "posso fare la fattura in inglese?",
                "il contratto è in inglese?",
                "avete i documenti in polacco?",
                "la fattura sarà in inglese?",
            ),
            "en": (
                "can I issue invoices in Polish?",
                "are the terms in Italian?",
                "is the contract in Polish?",
                "will the invoice be in Italian?",
            ),
        },
    ),
    Act(
        "consent",
        MENU,
        lambda meant: isinstance(meant, Consenting) or wished("withdraw_consent")(meant),
        {
            "pl": (
                "wycofuję zgodę na marketing",
                "cofam zgodę na marketing",
                "chcę wycofać zgodę na marketing",
                "proszę wycofać moją zgodę na marketing",
                "odwołuję zgodę na marketing",
            ),
            "it": (
                "ritiro il consenso al marketing",
                "revoco il consenso al marketing",
                "voglio ritirare il consenso al marketing",
                "desidero revocare il consenso al marketing",
                "revoco la mia autorizzazione al marketing",
            ),
            "en": (
                "I withdraw my consent to marketing",
                "I revoke my marketing consent",
                "I want to withdraw my marketing consent",
                "please withdraw my consent to marketing",
                "I take back my consent to marketing",
                "I hereby withdraw my consent to marketing",
            ),
        },
        {
            "pl": (
                "wycofuje zgodę na marketing",
                "wycofa zgodę na marketing",
                "cofnie zgodę na marketing",
                "odwoła zgodę na marketing",
            ),
            "it": (
                "ritira il consenso al marketing",
                "revoca il consenso al marketing",
                "ritirerà il consenso al marketing",
                "vuole revocare il consenso al marketing",
            ),
            "en": (
                "withdraws consent to marketing",
                "revokes the marketing consent",
                "will withdraw the marketing consent",
                "wants to withdraw the marketing consent",
            ),
        },
        {
            "pl": (
                "wycofałem zgodę na marketing",
                "cofnąłem zgodę na marketing",
                "wycofaliśmy zgodę na marketing",
                "odwołałam zgodę na marketing",
            ),
            "it": (
                "ho ritirato il consenso al marketing",
                "avevo revocato il consenso al marketing",
                "abbiamo ritirato il consenso al marketing",
                "ho revocato il consenso al marketing",
            ),
            "en": (
                "I had withdrawn my marketing consent",
                "my marketing consent was withdrawn",
                "I was withdrawing my marketing consent",
                "we had revoked our marketing consent",
            ),
        },
        {
            "pl": (
                "nie wycofuję zgody na marketing",
                "nie cofam zgody na marketing",
                "nie chcę wycofać zgody na marketing",
                "nie odwołuję zgody na marketing",
                "nie wycofujcie mojej zgody na marketing",
            ),
            "it": (
                "non ritiro il consenso al marketing",
                "non revoco il consenso al marketing",
                "non voglio ritirare il consenso al marketing",
                "non ritirate il mio consenso al marketing",
                "non revocate il consenso al marketing",
            ),
            "en": (
                "I don't withdraw my marketing consent",
                "I'm not withdrawing my consent to marketing",
                "I don't want to withdraw my marketing consent",
                "don't withdraw my marketing consent",
                "do not revoke my marketing consent",
            ),
        },
        {
            "pl": (
                "jak wycofać zgodę na marketing?",
                "co jeśli wycofam zgodę na marketing?",
                "czy muszę wycofać zgodę na marketing?",
            ),
            "it": (
                "come ritiro il consenso al marketing?",
                "cosa succede se ritiro il consenso al marketing?",
                "devo revocare il consenso al marketing?",
            ),
            "en": (
                "how do I withdraw my marketing consent?",
                "what if I withdraw my marketing consent?",
                "must I withdraw my marketing consent?",
            ),
        },
    ),
)
