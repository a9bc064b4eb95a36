"""A seller with questions of all kinds, places and conditions, in three languages."""

from pathlib import Path

from tests.abroad import profile_with

QUESTIONS = """
[[question]]
id = "source"
kind = "choice"
after = "account"
keep = "account"
options = ["friend", "search", "fair"]

[[question]]
id = "news"
kind = "yes_no"
after = "contact"
keep = "account"
required = true

[[question]]
id = "staff"
kind = "number"
after = "company"
keep = "company"
min = 1
max = 500
unit = "person"
show = ["customer", "agent", "api", "events", "letter", "csv"]

[[question]]
id = "tools"
kind = "several"
after = "company"
keep = "account"
options = ["till", "shop", "bank"]

[[question]]
id = "shop_name"
kind = "text"
after = "company"
keep = "company"

[question.when]
tools = ["shop"]

[[question]]
id = "branch"
kind = "choice"
before = "pay"
keep = "order"
required = true
options = ["north", "south"]

[[question]]
id = "note"
kind = "text"
before = "pay"
keep = "order"

[[question]]
id = "start_day"
kind = "date"
after = "order"
keep = "order"

[[question]]
id = "accountant"
kind = "email"
after = "order"
keep = "company"
show = ["agent"]
"""

WORDS = {
    "pl": """
[question.source]
ask = "Skąd o nas wiesz?"
label = "Skąd o nas"
help = "Chcemy wiedzieć, gdzie warto o sobie mówić. Możesz to pominąć."
called = "źródł*, polecen*"
change = "Zmień źródło"
options.friend = "Od znajomych"
options.search = "Z wyszukiwarki"
options.fair = "Z targów"

[question.news]
ask = "Czy pracujesz w biurze rachunkowym?"
label = "Biuro rachunkowe"
help = "Biura rachunkowe mają u nas osobne materiały."
called = "biur* rachunkow*"
change = "Zmień odpowiedź"

[question.staff]
ask = "Ile osób będzie wystawiać faktury?"
label = "Liczba osób"
help = "Wystarczy przybliżona liczba. Dobierzemy do niej szkolenie."
called = "liczb* osób, liczb* pracowników, osób, pracowników"
change = "Zmień liczbę"

[question.tools]
ask = "Z czym połączyć program? Zaznacz, co u Ciebie działa."
label = "Połączenia"
help = "Przygotujemy je przed startem. Niczego nie przesądzasz."
called = "połącze*, integracj*"
change = "Zmień połączenia"
options.till = "Kasa fiskalna"
options.shop = "Sklep internetowy"
options.bank = "Bank"

[question.shop_name]
ask = "Jak nazywa się Twój sklep?"
label = "Nazwa sklepu"
help = "Po nazwie znajdziemy go przy łączeniu."
called = "nazw* sklepu"
change = "Zmień nazwę"

[question.branch]
ask = "Który oddział ma się Tobą zająć?"
label = "Oddział"
help = "Oddział prowadzi wdrożenie i odbiera telefony."
called = "oddział*"
change = "Zmień oddział"
options.north = "Północ"
options.south = "Południe"

[question.note]
ask = "Co przekazać osobie, która się tym zajmie?"
label = "Uwagi"
help = "Kilka słów wystarczy. Możesz to pominąć."
called = "uwag*"
change = "Zmień uwagi"

[question.start_day]
ask = "Od kiedy chcesz pracować w programie?"
label = "Początek pracy"
help = "Na ten dzień przygotujemy szkolenie."
called = "początek pracy, dat* startu"
change = "Zmień datę"

[question.accountant]
ask = "Na jaki adres pisze do Ciebie księgowość?"
label = "Adres księgowości"
help = "Wyślemy tam instrukcję. To nie zmienia adresu konta."
called = "adres* księgowości"
change = "Zmień adres"
""",
    "it": """
[question.source]
ask = "Come ci hai conosciuti?"
label = "Come ci conosci"
help = "Ci serve per capire dove farci trovare. Puoi anche saltare."
called = "provenienza, font*"
change = "Cambia risposta"
options.friend = "Da conoscenti"
options.search = "Con una ricerca"
options.fair = "A una fiera"

[question.news]
ask = "Lavori in uno studio contabile?"
label = "Studio contabile"
help = "Per gli studi contabili abbiamo materiali a parte."
called = "studio contabile"
change = "Cambia risposta"

[question.staff]
ask = "Quante persone emetteranno fatture?"
label = "Numero di persone"
help = "Basta un numero approssimativo: serve a scegliere la formazione."
called = "numero di persone, persone, dipendenti"
change = "Cambia numero"

[question.tools]
ask = "A cosa vuoi collegare il programma? Segna quello che usi."
label = "Collegamenti"
help = "Li prepariamo prima dell’avvio. Non ti impegni a nulla."
called = "collegament*, integrazion*"
change = "Cambia collegamenti"
options.till = "Registratore di cassa"
options.shop = "Negozio online"
options.bank = "Banca"

[question.shop_name]
ask = "Come si chiama il tuo negozio?"
label = "Nome del negozio"
help = "Ci serve per trovarlo quando lo colleghiamo."
called = "nome del negozio"
change = "Cambia nome"

[question.branch]
ask = "Quale sede ti seguirà?"
label = "Sede"
help = "La sede cura l’avvio e risponde al telefono."
called = "sede, sedi"
change = "Cambia sede"
options.north = "Nord"
options.south = "Sud"

[question.note]
ask = "Che cosa diciamo a chi se ne occuperà?"
label = "Note"
help = "Bastano poche parole. Puoi anche saltare."
called = "note, nota"
change = "Cambia note"

[question.start_day]
ask = "Da quando vuoi usare il programma?"
label = "Inizio"
help = "Per quel giorno prepariamo la formazione."
called = "inizio, data di inizio"
change = "Cambia data"

[question.accountant]
ask = "A quale indirizzo ti scrive la contabilità?"
label = "E-mail della contabilità"
help = "Ci mandiamo le istruzioni. L’indirizzo dell’account resta lo stesso."
called = "indirizzo della contabilità"
change = "Cambia indirizzo"
""",
    "en": """
[question.source]
ask = "How did you hear about us?"
label = "How you found us"
help = "It tells us where to be found. You may skip it."
called = "source"
change = "Change source"
options.friend = "From friends"
options.search = "By searching"
options.fair = "At a fair"

[question.news]
ask = "Do you work at an accounting firm?"
label = "Accounting firm"
help = "Accounting firms get materials of their own."
called = "accounting firm"
change = "Change answer"

[question.staff]
ask = "How many people will issue invoices?"
label = "Number of people"
help = "A rough number will do. It tells us which training fits."
called = "number of people, headcount, people, employees"
change = "Change number"

[question.tools]
ask = "What shall the program connect to? Tick what you use."
label = "Connections"
help = "We get them ready before you start. You commit to nothing."
called = "connection*, integration*"
change = "Change connections"
options.till = "Till"
options.shop = "Online shop"
options.bank = "Bank"

[question.shop_name]
ask = "What’s your shop called?"
label = "Shop’s name"
help = "We find it by name when we connect it."
called = "shop name, name of the shop"
change = "Change name"

[question.branch]
ask = "Which branch shall look after you?"
label = "Branch"
help = "The branch runs the start and answers the phone."
called = "branch"
change = "Change branch"
options.north = "North"
options.south = "South"

[question.note]
ask = "What shall we tell the person in charge?"
label = "Notes"
help = "A few words will do. You may skip it."
called = "note*"
change = "Change notes"

[question.start_day]
ask = "From when on do you want to work with it?"
label = "First day"
help = "We prepare the training for that day."
called = "first day, start date"
change = "Change date"

[question.accountant]
ask = "Which address does your accountant write from?"
label = "Accountant’s e-mail"
help = "We send the manual there. Your account’s address stays as it is."
called = "accountant's e-mail, accountant's address"
change = "Change address"
""",
}


def asking_seller(folder: Path) -> Path:
    """A shipped seller with nine questions of its own, in `folder`."""
    profile_with(folder, QUESTIONS)
    for locale, words in WORDS.items():
        (folder / "texts" / locale).mkdir(exist_ok=True)
        (folder / "texts" / locale / "own_questions.toml").write_text(words.lstrip(), "utf-8")
    return folder
