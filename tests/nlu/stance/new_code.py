"""The act of sending a code anew, of the property test *assertion*: a message goes out, and the code before it dies."""

from tests.nlu.stance.acts import Act, wished
from values.meaning import Expected, Expects

CODE = Expected(Expects.contact_code, "contact_code")

NEW_CODE = Act(
    "new_code",
    CODE,
    wished("resend_code"),
    {
        "pl": (
            "wyślij nowy kod",
            "proszę o nowy kod",
            "chcę nowy kod",
            "możesz wysłać kod jeszcze raz?",
            "kod nie przyszedł",
            "nie dostałam żadnego kodu",
        ),
        "it": (
            "mandami un nuovo codice",
            "vorrei un altro codice",
            "voglio un nuovo codice",
            "puoi mandarmi un altro codice?",
            "il codice non arriva",
            "non ho ricevuto il codice",
        ),
        "en": (
            "send me a new code",
            "I'd like another code",
            "I want a new code",
            "can you send the code again?",
            "I haven't received the code",
            "I don't have the code",
        ),
    },
    {
        "pl": ("chce nowy kod", "poprosi o nowy kod", "wyśle nowy kod", "prosi o nowy kod"),
        "it": (
            "vuole un nuovo codice",
            "chiederà un altro codice",
            "manderà un nuovo codice",
            "chiede un nuovo codice",
        ),
        "en": ("wants a new code", "will ask for another code", "will send a new code", "asks for a new code"),
    },
    {
        "pl": ("prosiłem o nowy kod", "chciałam nowy kod", "wysłaliście nowy kod", "prosiliśmy o kod"),
        "it": (
            "ho chiesto un nuovo codice",
            "avevo chiesto un altro codice",
            "mi avete mandato un nuovo codice",
            "volevo un nuovo codice",
        ),
        "en": ("I asked for a new code", "we asked for another code", "I had a new code", "you sent a new code"),
    },
    {
        "pl": (
            "nie chcę nowego kodu",
            "nie chcę tego kodu",
            "nie wysyłaj nowego kodu",
            "proszę nie wysyłać kodu",
            "nie potrzebuję nowego kodu",
        ),
        "it": (
            "non voglio un nuovo codice",
            "non voglio questo codice",
            "non mandarmi un altro codice",
            "non inviare un nuovo codice",
            "non mi serve un altro codice",
        ),
        "en": (
            "I don't want a new code",
            "I don't want this code",
            "don't send me another code",
            "do not send a new code",
            "I don't need a new code",
        ),
    },
    {
        "pl": ("po co nowy kod?", "czy wysłaliście nowy kod?", "dlaczego nowy kod?"),
        "it": ("perché un nuovo codice?", "avete mandato un nuovo codice?", "a cosa serve un nuovo codice?"),
        "en": ("why a new code?", "did you send a new code?", "what is the new code for?"),
    },
)
