"""One day of an answer, however it is written or said; in doubt it is asked back."""

from datetime import date

from tests.table import table
from values.day import Day
from values.kinds import kind_of
from values.kinds.date import parse_date
from values.meaning import Expects
from values.parsing import Ok, ParseRefused

TODAY = date(2026, 11, 25)  # a Wednesday


@table(
    ("locale", "text", "day"),
    [
        *(
            ("pl", text, "2026-12-31")
            for text in ("2026-12-31", "31.12.2026", "31/12/2026", "31-12-2026", "31 12 2026")
        ),
        *(
            ("pl", text, "2026-12-31")
            for text in ("31.12.26", "31.12.", "31/12", "31122026", "31 XII 2026", "31.XII.2026")
        ),
        *(("pl", text, "2027-05-03") for text in ("3 maja 2027", "3 maja", "3 maja 2027 r.", "3-go maja", "３ MAJA")),
        *(("pl", text, "2027-05-03") for text in ("trzeci maja", "trzeciego maja", "od trzeciego maja 2027")),
        ("pl", "trzeciego maja dwa tysiące dwudziestego siódmego", "2027-05-03"),
        ("pl", "dwudziestego piątego maja", "2027-05-25"),
        *(("pl", "dzisiaj", "2026-11-25"), ("pl", "jutro", "2026-11-26"), ("pl", "pojutrze", "2026-11-27")),
        *(("pl", "w piątek", "2026-11-27"), ("pl", "w środę", "2026-12-02"), ("pl", "za tydzień", "2026-12-02")),
        *(("pl", "za trzy dni", "2026-11-28"), ("pl", "za 2 tygodnie", "2026-12-09"), ("pl", "za rok", "2027-11-25")),
        *(
            ("pl", "25 listopada", "2026-11-25"),
            ("pl", "24 listopada", "2027-11-24"),
            ("pl", "29 lutego", "2028-02-29"),
        ),
        *(("pl", "w poniedziałek 3 maja 2027", "2027-05-03"), ("pl", "jutro, 26.11.", "2026-11-26")),
        *(("it", text, "2027-05-03") for text in ("3 maggio", "il 3 maggio 2027", "il tre maggio duemilaventisette")),
        *(
            ("it", "primo maggio", "2027-05-01"),
            ("it", "1° maggio", "2027-05-01"),
            ("it", "l'8 dicembre", "2026-12-08"),
        ),
        *(("it", "domani", "2026-11-26"), ("it", "dopodomani", "2026-11-27"), ("it", "oggi", "2026-11-25")),
        *(("it", "venerdì", "2026-11-27"), ("it", "venerdì prossimo", "2026-11-27"), ("it", "sabato", "2026-11-28")),
        *(("it", "tra una settimana", "2026-12-02"), ("it", "fra tre giorni", "2026-11-28")),
        *(
            ("en", text, "2027-05-03")
            for text in ("May 3rd", "3 May", "3rd of May 2027", "the third of May", "3.5.2027")
        ),
        *(("en", text, "2027-05-03") for text in ("May third, 2027", "third of may two thousand and twenty-seven")),
        ("en", "the twenty-third of May twenty twenty-seven", "2027-05-23"),
        *(("en", "31/12/2026", "2026-12-31"), ("en", "12/31/2026", "2026-12-31"), ("en", "05/05/2027", "2027-05-05")),
        *(
            ("en", "tomorrow", "2026-11-26"),
            ("en", "the day after tomorrow", "2026-11-27"),
            ("en", "today", "2026-11-25"),
        ),
        *(("en", "on Friday", "2026-11-27"), ("en", "in a week", "2026-12-02"), ("en", "in 10 days", "2026-12-05")),
        *(
            ("de", text, "2027-05-03")
            for text in ("3. Mai 2027", "3. Mai", "am dritten Mai zweitausendsiebenundzwanzig")
        ),
        *(("de", "einundzwanzigster Dezember", "2026-12-21"), ("de", "übermorgen", "2026-11-27")),
        *(("de", "morgen", "2026-11-26"), ("de", "am Freitag", "2026-11-27"), ("de", "in einer Woche", "2026-12-02")),
    ],
)
def test_one_day_is_read(locale: str, text: str, day: str) -> None:
    assert parse_date(text, today=TODAY, locale=locale) == Ok(day)


@table(
    ("locale", "text", "reason"),
    [
        *(("pl", text, "none") for text in ("", "maj 2027", "2027", "12.30", "mam 3 się", "3,50 zł", "512 000 111")),
        *(("pl", text, "none") for text in ("anna@example.com", "10.000", "nie wiem", "²³", "w przyszłym tygodniu")),
        *(("en", "may I ask", "none"), ("en", "the 3rd", "none"), ("de", "Guten Morgen", "none")),
        *(("pl", text, "impossible") for text in ("30 lutego", "30.02.2027", "31.13.2026", "31 kwietnia")),
        *(("pl", text, "several") for text in ("3-5 maja", "od 3 do 5 maja", "3 lub 4 maja", "3 maja i 7 czerwca")),
        *(
            ("pl", "jutro albo pojutrze", "several"),
            ("it", "dall'1 al 3 maggio", "several"),
            ("en", "3-5 May", "several"),
        ),
        *(
            ("en", text, "which")
            for text in ("03/05/2027", "3-5-2027", "3/5", "next Friday", "Saturday 4 December 2026")
        ),
        *(
            ("pl", "w przyszły piątek", "which"),
            ("pl", "we wtorek 3 maja 2027", "which"),
            ("pl", "jutro, 3 maja", "which"),
        ),
    ],
)
def test_what_is_no_single_day_is_refused_with_its_reason(locale: str, text: str, reason: str) -> None:
    assert parse_date(text, today=TODAY, locale=locale) == ParseRefused(f"date.{reason}")


def test_bounds_are_inclusive_and_named() -> None:
    first, last = date(2026, 12, 1), date(2026, 12, 31)

    def read(text: str) -> object:
        return parse_date(text, today=TODAY, locale="pl", minimum=first, maximum=last)

    assert read("1 grudnia") == Ok("2026-12-01")
    assert read("31 grudnia") == Ok("2026-12-31")
    assert read("30 listopada") == ParseRefused("date.too_early", {"earliest": Day("2026-12-01")})
    assert read("1 stycznia") == ParseRefused("date.too_late", {"latest": Day("2026-12-31")})


@table(
    "text",
    ["za 999 lat", "31.12.9999", "1.1.0001", "0.0.0000", "za 999 miesięcy", "9" * 5000, "3 " * 200, "maja " * 90],
)
def test_far_and_odd_days_never_raise(text: str) -> None:
    parse_date(text, today=date(8000, 1, 1), locale="pl")


def test_it_is_said_back_as_the_language_writes_it() -> None:
    shown = kind_of(Expects.date).display

    assert shown("2027-05-03") == Day("2027-05-03")
    assert shown("as_soon_as_possible") == "as_soon_as_possible"
