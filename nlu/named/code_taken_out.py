"""A discount code taken out again: "usuń kod rabatowy", "non voglio il codice sconto", "remove the code"."""

import re

from nlu.languages.language import Languages
from nlu.stance import asserted
from values.kinds import kind_of
from values.meaning import Expected, Press
from values.parsing import fold_words

_LONGEST = 120
_NAMED = re.compile(r"\b(?:k[ou][dp]|rabat|zni[zż]|cod|coup|scont|promo|discount|vouch|gutsch)", re.I)
_DISCOUNT = r"(?:rabat\w*|kupon\w*|zniz\w+|promocyjn\w+|voucher\w*|coupon\w*|scont[oi]|promo\w*|discount)"
_CODE = rf"(?:(?:kod\w{{0,2}}|codice|code) )?{_DISCOUNT}|kod(?:u|em)?|codice|code"
_THE = (
    r"(?:(?:z|ze|ten|tego|tym|moj|mojego|swoj|wpisany|podany|il|lo|l|quel|quello|questo|mio|di|del|dal"
    r"|the|this|that|my|any|a) ){0,3}"
)
_PUT_OUT = re.compile(
    r"\b(?:usun|usunac|usuncie|usunie\w+|usuwam|skasuj\w*|skasowac|wykasuj\w*|zdejmij\w*|wyrzuc\w*|wyjmij|wycofaj|wycofac"
    r"|wycofuje|cofnij|anuluj|anulowac|zrezygnuj|rezygnuje|rezygnujemy|togli|toglier\w+|togliete|rimuov\w+|elimina"
    r"|eliminare|cancella|cancellare|leva|levare|annulla|annullare|rinuncio|rinunciamo"
    r"|remove|delete|drop|cancel|clear|discard|take out|take off|take away|get rid of)"
    rf" {_THE}(?:{_CODE})\b"
)
_UNWANTED = re.compile(
    r"(?:^|\b(?:ale|jednak|to|prosze|przepraszam|ja|a|ok|no|but|i|ma|e|io|scusa|actually) )"
    r"(?:nie chce|nie chcemy|nie potrzebuje|nie potrzebujemy|wole bez|prosze bez|jednak bez|non voglio|non vogliamo"
    r"|non mi serve|preferisco senza|dont want|don t want|do not want|dont need|don t need|do not need)"
    rf" (?:juz |jednak |piu )?{_THE}(?:{_CODE})\b"
    rf"|^(?:bez|senza|without) {_THE}(?:{_CODE})$"
)
_OTHER_CODE = re.compile(
    r"\b(?:pocztow\w+|sms\w*|\w*mail\w*|blik\w*|pin|postal\w*|zip|destinatario|fiscale|univoco|sdi|weryfik\w+"
    r"|aktywac\w+|verific\w+|verification|recipient|qr|iban|nie usuwaj\w*|non toglie\w*|don t remove)\b"
)
_SURE = re.compile(_DISCOUNT)
TAKE_OUT = "discount:skip"


def read_code_taken_out(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return the press that takes the discount code out, where the seller has codes and the words say so."""
    if not expected.discount_codes or len(text) > _LONGEST or _NAMED.search(text) is None:
        return None
    said = fold_words(text)
    if _OTHER_CODE.search(said) is not None or (kind_of(expected.expects).called_code and _SURE.search(said) is None):
        return None
    put_out = _PUT_OUT.search(said) is not None and asserted(text, langs, polite=True)
    return Press(TAKE_OUT, words=text) if put_out or _is_unwanted(text, said) else None


def _is_unwanted(text: str, said: str) -> bool:
    return "?" not in text and _UNWANTED.search(said) is not None
