"""A message without its secrets, in the light of the open step."""

from nlu.commands import read_command
from nlu.languages.language import Languages
from nlu.languages.spelled import spelled
from nlu.payloads import read_payload
from values.meaning import Expected
from values.offer import normalise_code
from values.parsing import fold_words
from values.redaction import Redacted, redact

_MOST_PARTS = 2  # "e-mail" and "e-faktura" are words, three joined ones are a passphrase


def removed(text: str, expected: Expected, langs: Languages) -> Redacted:
    """Take the secrets out of a clean text; where a password is asked for, also one that nothing announces."""
    if read_payload(text, expected) is not None or read_command(text, langs) is not None:
        return redact(text, expected.expects, words=spelled(langs))
    names = {part for name in expected.names for part in (fold_words(name), *fold_words(name).split())}
    titles = {part for option in expected.options for title in option.titles for part in fold_words(title).split()}
    codes = {normalise_code(code) for code in expected.discount_codes}

    def known(word: str) -> bool:
        folded = fold_words(word)
        if folded in names or normalise_code(word) in codes:
            return True
        parts = folded.split()
        return 0 < len(parts) <= _MOST_PARTS and all(
            part in titles or part.isdecimal() or any(lang.phrases().speller.knows(part) for lang in langs)
            for part in parts
        )

    return redact(text, expected.expects, words=spelled(langs), is_known=known)
