"""Whole answers in the shipped languages: yes, no, skip, ordinals, and the small words around them."""

from nlu.languages.language import AnswerWords
from values.patterns import regex

_CLEAR_YES = frozenset(
    "tak|tak tak|no tak|tak poprosze|tak prosze|jasne|oczywiscie|pewnie|potwierdzam|zgadza sie|tak"
    " zgadza sie|tak potwierdzam|zgoda|zamawiam"
    "|tak zamawiam|ok|okej|dobrze|dobra|si|si certo|certo|confermo|si confermo|va bene|d accordo"
    "|ordino|yes|yes please|yep|yeah|sure|of course"
    "|confirm|i confirm|ok yes|okay|yes i confirm|correct|that s correct|zatwierdzam|akceptuje"
    "|accetto|i agree|i accept|agreed|zgadzam sie|esatto"
    "|giusto|si grazie|tak dziekuje|yes thanks|perfetto|k|jak najbardziej|procedi|dawaj".split("|")
)
_CLEAR_NO = frozenset(
    "nie|nie nie|nie dziekuje|nie dzieki|no|no grazie|no thanks|no thank you|nope|raczej nie|nie"
    " chce|non voglio|i don t want|absolutnie nie|nah"
    "|nie zgadza sie|nie potwierdzam|not really|assolutamente no|nie zgadzam sie|meglio di no|nie"
    " teraz|not now|non ora".split("|")
)
_SKIP = frozenset(
    "pomin|pomijam|pomin to|pomin ten krok|pomin krok|nie mam|nie mam kodu|brak|nie dotyczy|bez|bez"
    " kodu|bez kodu rabatowego|dalej|nie podam|nie chce podawac"
    "|przejdz dalej|idz dalej|salta|salto|saltare|salta questo|non ho|non ce l ho|non ho codici|non"
    " ho nessun codice|nessuno|niente|avanti|vai avanti|passa oltre|skip"
    "|skip it|skip this|skip this step|next|i don t have one|i don t have it|don t have one|i have"
    " none|none|no code|without|not applicable|n a|nie posiadam"
    "|nie|no|no thanks|nie dziekuje|no grazie|proceed|continue|continua|prosegui".split("|")
)
_ENOUGH = frozenset(
    "basta|basta cosi|e basta|va bene cosi|nient altro|niente altro|nulla altro|nient altro grazie|niente altro grazie"
    "|e tutto|e tutto grazie|tutto qui|solo questo|no basta cosi|basta cosi grazie|non mi serve altro"
    "|non aggiungo altro"
    "|ho finito|finito|fatto|a posto cosi|sono a posto|e sufficiente|sufficiente"
    "|to wszystko|to juz wszystko|wszystko|to tyle|tyle|tyle wystarczy|wystarczy|to wystarczy|starczy|juz wystarczy"
    "|nic wiecej|juz nic wiecej|nic wiecej nie trzeba|nic juz nie dodaje|nic nie dodaje|niczego wiecej|juz nic"
    "|to wszystko dziekuje|to wszystko dzieki|nie wiecej nic|koniec|koniec wyboru|gotowe|skonczylem|skonczylam"
    "|zakoncz|tylko to|tylko tyle|dosc"
    "|that s all|thats all|that is all|that s it|thats it|that ll be all|that will be all|that s enough|enough"
    "|that is enough|nothing else|nothing more|no more|that s all thanks|that s all thank you|nothing else thanks"
    "|that s everything|all done|i m done|im done|done|finished|end|just that|only that|this is all|it s enough"
    "|that would be all|stop there|stop|no stop".split("|")
)
_ORDINALS = (
    "1|pierwsz[aeyo]\\w?|first|prim[ao]|jedynka|numer jeden|number one|numero uno|jeden|one|uno",
    "2|drug[aei]\\w{0,2}|second|second[ao]|dwojka|numer dwa|number two|numero due|dwa|two|due",
    "3|trzeci\\w?|third|terz[ao]|trojka|numer trzy|number three|numero tre|trzy|three|tre",
    "4|czwart\\w|fourth|quart[ao]|czworka|cztery|four|quattro",
    "5|piat\\w|fifth|quint[ao]|piatka|piec|five|cinque",
    "6|szost\\w|sixth|sest[ao]|szesc|six|sei",
    "7|siodm\\w|seventh|settim[ao]|siedem|seven|sette",
    "8|osm\\w|eighth|ottav[ao]|osiem|eight|otto",
)
_ORDINAL = [
    regex(
        rf"(?:ta |ten |to |opcja |opcje |option |the |la |il |l |numer |nr |opzione )?(?:{p})(?: opcj[ae]"
        rf"| option| one| opzione| z gory)?"
    )
    for p in _ORDINALS
]
_LAST = regex(r"(?:ta |the |la |l )?(?:ostatni[aey]?\w?|last|ultim[ao])(?: one| option| opcja)?")
_LOST = frozenset("dalej|naprzod|co dalej|avanti|vai avanti|prosegui|next|go on|continue".split("|"))
_SMALL = frozenset(
    "a i w z na do o to poprosze prosze wybieram biore chce chcialbym chcialabym niech bedzie wole"
    " moze dla mnie the an of i d like ll take choose"
    " want please by with my it il lo la un una di per con vorrei voglio scelgo prendo preferisco"
    " prefer option opcja opzione let s make go for via"
    " poprosz daj dajcie me le przez tramite uzyj use usa pay place zaplace pago".split()
)

SHIPPED = AnswerWords(
    yes=_CLEAR_YES,
    no=_CLEAR_NO,
    skip=_SKIP,
    enough=_ENOUGH,
    negating=frozenset({"nie", "non", "not", "no", "don"}),
    small=_SMALL,
    lost=_LOST,
    ordinals=tuple(_ORDINAL),
    last=_LAST,
)
"""The answers of the shipped languages, all in one: people mix them."""
