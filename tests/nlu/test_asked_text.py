"""A text that was asked for: what sends it or takes it back, and all else, which is the text."""

import tomllib

from nlu.understand import understand
from tests.architecture.rooms import ROOT
from tests.journeys.teller import hearing
from values.meaning import Answer, Expected, Expects, Intent, Meaning, OptionWords, Press, Unclear

SETS = tomllib.loads((ROOT / "tests/nlu/asked/texts.toml").read_text(encoding="utf-8"))
STATED = ("company_report", ("company_report:send", "company_report:skip"))
ASKED = ("data_report", ("zone:home",))


def read(text: str, locale: str, step: str, payloads: tuple[str, ...]) -> Meaning:
    heard = hearing("r2platnik")
    given = {name: Expects(name) for name in ("company_name", "street", "city", "postal_code", "tax_number", "email")}
    options = tuple(OptionWords(payload) for payload in payloads)
    expected = Expected(Expects.free_text, step, options, free_text=True, correctable=given)
    return understand(text, expected, locale=locale, faq=heard.faq, known=heard.known)


def test_words_send_the_text_take_it_back_or_are_the_text() -> None:
    wrong: list[str] = []
    for locale, sets in SETS.items():
        for name, texts in sets.items():
            for text in texts:
                stated, asked = read(text, locale, *STATED), read(text, locale, *ASKED)
                wanted: tuple[Meaning | type, Meaning | type] = {
                    "sends": (Press("company_report:send"), Unclear),
                    "drops": (Press("company_report:skip"), Press("zone:home")),
                    "either": (Unclear, Unclear),
                    "text": (Answer, Answer),
                }[name]
                for got, want in zip((stated, asked), wanted, strict=True):
                    same = isinstance(got, want) if isinstance(want, type) else got == want
                    same = same and (not isinstance(got, Answer) or got.text == text)
                    wrong += [] if same else [f"{locale} {name}: {text!r} is {got}"]
    assert not wrong, "\n".join(wrong)


def test_data_that_are_called_wrong_are_reported() -> None:
    zone = Expected(Expects.choice, "my_data", (OptionWords("zone:home"),))
    said = {
        "pl": ("dane firmy są niepoprawne", "moje dane są złe", "dane nie są aktualne", "te dane są już nieaktualne"),
        "it": ("i dati dell'azienda sono sbagliati", "i miei dati non sono corretti", "dati errati"),
        "en": ("the company details are wrong", "my data aren't right", "incorrect details"),
    }
    meant = {t: understand(t, zone, locale=code) for code, texts in said.items() for t in texts}
    assert [text for text, one in meant.items() if one != Intent("wrong_register_data", 1.0, (), text)] == []
    for text in ("dane są dobre", "moje dane", "złe mam wspomnienia", "dane są dobre, ale drogie"):
        assert getattr(understand(text, zone, locale="pl"), "name", "") != "wrong_register_data", text
