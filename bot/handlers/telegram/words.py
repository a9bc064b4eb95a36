"""The few words that are the channel's own: the commands' menu and the button that shares the phone number."""

from types import MappingProxyType

#: The languages that have a menu; others get the profile's first one.
LANGUAGES = ("pl", "it", "en")

#: Command, and what the menu says about it in each of `LANGUAGES`.
COMMANDS: tuple[tuple[str, tuple[str, str, str]], ...] = (
    ("start", ("Zacznij", "Inizia", "Begin")),
    ("back", ("Krok wstecz", "Un passo indietro", "One step back")),
    ("help", ("Pomoc i to samo pytanie", "Aiuto e di nuovo la domanda", "Help, and the question again")),
    ("agent", ("Rozmowa z człowiekiem", "Parla con una persona", "Talk to a person")),
    ("lang", ("Zmień język", "Cambia lingua", "Change the language")),
    ("cancel", ("Przerwij", "Interrompi", "Stop here")),
    ("restart", ("Zacznij od nowa", "Ricomincia da capo", "Start again")),
)

SHARE_NUMBER = MappingProxyType(
    {"pl": "Udostępnij mój numer", "it": "Condividi il mio numero", "en": "Share my phone number"}
)


def share_number(locale: str) -> str:
    """What the contact button says."""
    return SHARE_NUMBER.get(locale, SHARE_NUMBER["en"])
