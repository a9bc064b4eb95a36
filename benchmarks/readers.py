"""Ways of reading intents, side by side: `python -m benchmarks.readers`, several minutes, needs the extra `training`.

All are trained on the project's sentences and asked about the held-back ones; the table stands in
docs/decisions/trained-reader.md. A figure is the share read rightly by language, on the classifier's side alone.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from nlu.evaluation import Labelled, from_lines
from nlu.intents.classifier import features, pieces
from nlu.training.fit import augment_sentences, shipped_examples
from values.locale import SHIPPED, Locale

HELD_BACK = Path(__file__).parent.parent / "tests/nlu/held_back"
Model = Any
"""A model of the library: it has no types."""


def by_ngrams(one: Labelled) -> list[str]:
    return features(one.text, Locale(one.lang))


def by_words(one: Labelled) -> list[str]:
    return [f"@{one.lang}", *pieces(one.text)]


def vectors(analyzer: Any) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=analyzer, min_df=2)


def models() -> Iterator[tuple[str, Pipeline]]:
    """Yield each way with its name."""
    yield "words, linear SVM", make_pipeline(vectors(by_words), LinearSVC(C=1, random_state=0))
    yield "n-grams, linear SVM", make_pipeline(vectors(by_ngrams), LinearSVC(C=1, random_state=0))
    logistic = SGDClassifier(loss="log_loss", alpha=1e-6, random_state=0)
    yield "n-grams, logistic regression", make_pipeline(vectors(by_ngrams), logistic)
    yield "n-grams, naive Bayes", make_pipeline(vectors(by_ngrams), ComplementNB())
    nearest = KNeighborsClassifier(7, metric="cosine", weights="distance")
    yield "n-grams, nearest neighbours (7)", make_pipeline(vectors(by_ngrams), nearest)
    reduced = TruncatedSVD(200, random_state=0)
    yield (
        "sub-word vectors (200 numbers), linear SVM",
        make_pipeline(vectors(by_ngrams), reduced, LinearSVC(random_state=0)),
    )


def shares(read: Sequence[str], held: Sequence[Labelled]) -> str:
    """Return the share read rightly by language."""
    right = [name in (one.intent, *one.also) for name, one in zip(read, held, strict=True)]
    parts = {lang: [ok for ok, one in zip(right, held, strict=True) if one.lang == lang] for lang in SHIPPED}
    return " · ".join(f"{np.mean(found):.3f}" for found in parts.values() if found)


def main() -> None:
    """Train each and print a line for it."""
    own = shipped_examples()
    sentences = [*own, *augment_sentences(own)]
    held = [one for lang in SHIPPED for one in from_lines((HELD_BACK / f"{lang}.jsonl").read_text().splitlines())]
    for name, model in models():
        model.fit(sentences, [one.intent for one in sentences])
        print(f"| {name} | {shares(list(model.predict(held)), held)} |", flush=True)
    apart = make_pipeline(vectors(by_ngrams), LinearSVC(C=1, random_state=0))
    read: dict[str, str] = {}
    for lang in SHIPPED:
        theirs = [one for one in sentences if one.lang == lang]
        apart.fit(theirs, [one.intent for one in theirs])
        asked = [one for one in held if one.lang == lang]
        read |= {one.text: name for one, name in zip(asked, apart.predict(asked), strict=True)}
    print(f"| n-grams, linear SVM, one for each language | {shares([read[one.text] for one in held], held)} |")


if __name__ == "__main__":
    main()
