"""Questions without their mark: recognisers that write no punctuation leave it out."""

import re

_BEGINS = re.compile(
    r"(?:(?:a|e|and|ale|ma|but|przepraszam|scusi|scusa|sorry|excuse me)[, ]+)?(?:"
    r"czy|ile|kiedy|gdzie|dlaczego|czemu|sk[aą]d|kt[oó]r(?:y|a|e)|jak(?:i|a|ie|ich|im)?|co (?:to|z|je[sś]li|b[eę]dzie)"
    r"|quant[oiae]|quando|dove|cosa|cos['’]?[eè]|perch[eé]|qual(?:e|i)?|a (?:cosa|che)"
    r"|come (?:si|faccio|posso|funziona)"
    r"|what(?:'s)?|how|when|where|why|which|who"
    r"|(?:is|are|do|does|did|can|could|will|would|should) (?:i|you|it|there|this|that|we|they|the|my|your)"
    r")(?:\s|$)",
    re.I,
)
_FEWEST_WORDS = 2


def with_its_mark(text: str) -> str:
    """Return the text with a question mark, where its first words are a question's and it has none."""
    asks = len(text.split()) >= _FEWEST_WORDS and _BEGINS.match(text) is not None
    return f"{text.rstrip(' .')}?" if asks and "?" not in text else text
