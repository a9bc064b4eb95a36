"""The sentences learnt from, and the fit: a linear support vector machine over TF-IDF of n-grams, rounded to bytes.

The sentences stand in Rasa's training data in YAML (3.1), a file a language; some are learnt once more with a value
beside the wish. The same ones always give the same weights, whose margins become probabilities by one factor that fits
sentences not trained on best (temperature scaling: Guo et al., On Calibration of Modern Neural Networks, 2017).
"""

import math
import random
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import yaml
from msgspec.structs import replace
from scipy import sparse
from scipy.special import log_softmax
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from nlu.evaluation import Labelled
from nlu.intents.classifier import ZERO, Weights, features
from values.locale import Locale
from values.patterns import regex

DATA = Path(__file__).parent.parent / "data"
"""A file for each language."""
_ANNOTATED = regex(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_ONE_IN = 4
_WITHOUT = frozenset(
    "inform greet goodbye thank affirm deny back restart help change_language ask_password_rules out_of_scope".split()
)
"""Intents that people don't state together with a value, or by it alone."""
_VALUES: Mapping[str, Sequence[str]] = tomllib.loads(Path(__file__).with_name("values.toml").read_text("utf-8"))
_LEAST_SENTENCES = 2
"""A feature of fewer sentences says nothing about others."""
_MOST_FEATURES = 90_000
_STRENGTH = 1.0
"""The inverse of the regularisation; chosen by cross-validation."""
_FOLDS = 3
_TEMPERATURES = np.linspace(1.0, 8.0, 57)
_LEVELS = 127
_RARITY_LEVELS = 255

Matrix = Any
"""A sparse matrix or an array: the libraries' stubs don't type them."""


def shipped_examples() -> list[Labelled]:
    """Return the sentences of the shipped languages, in the order of their files."""
    return [one for file in sorted(DATA.glob("*.yml")) for one in read_examples(file)]


def read_examples(file: Path) -> Iterator[Labelled]:
    """Yield a file's sentences; its name is their language. Errors: ValueError names the file."""
    content: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    match content:
        case {"version": "3.1", "nlu": list(entries)}:
            for entry in cast("list[Any]", entries):
                yield from _entry(entry, file)
        case _:
            raise ValueError(f'{file}: version: "3.1" and a list nlu are needed')


def _entry(entry: object, file: Path) -> Iterator[Labelled]:
    match entry:
        case {"intent": str(intent), "examples": str(lines)}:
            for line in lines.splitlines():
                yield Labelled(_ANNOTATED.sub(r"\1", line.removeprefix("- ").strip()), file.stem, intent)
        case _:
            raise ValueError(f"{file}: each entry needs an intent and its examples")


def augment_sentences(sentences: Sequence[Labelled]) -> Iterator[Labelled]:
    """Yield some sentences once more, with a value drawn from the sentence itself: people write them so.

    Those of an intent seldom have one and those of `inform` always do: else any number would be taken for `inform`.
    """
    for sentence in sentences:
        draw = random.Random(zlib.crc32(sentence.text.encode()))  # noqa: S311 - no secret hangs on it
        values = _VALUES.get(sentence.lang)
        if values is not None and sentence.intent not in _WITHOUT and draw.randrange(_ONE_IN) == 0:
            value, text = draw.choice(values), sentence.text.rstrip(" .")
            yield replace(sentence, text=f"{text}, {value}" if draw.randrange(3) else f"{value}, {text}")


def train(more: Sequence[Labelled] = ()) -> tuple[int, bytes]:
    """Train on the project's sentences and more; return their number, and the weights as the file to keep."""
    sentences = [*shipped_examples(), *more]
    return len(sentences), fit([*sentences, *augment_sentences(sentences)]).dump()


def fit(sentences: Sequence[Labelled]) -> Weights:
    """Return the weights that tell the sentences' intents best.

    The features that tell most are kept, and the fit is made again with these alone.
    """
    labels = tuple(sorted({one.intent for one in sentences}))
    bags = [features(one.text, Locale(one.lang)) for one in sentences]
    seen = Counter(feature for bag in bags for feature in set(bag))
    chosen = sorted(feature for feature, count in seen.items() if count >= _LEAST_SENTENCES)
    rarity = np.array([1 + math.log(len(bags) / seen[feature]) for feature in chosen])
    wanted = np.array([labels.index(one.intent) for one in sentences])
    vectors = _vectors(bags, chosen, rarity)
    weighed = np.abs(_model().fit(vectors, wanted).coef_).max(axis=0)
    kept = np.sort(np.argsort(-weighed, kind="stable")[:_MOST_FEATURES])
    chosen, rarity = [chosen[at] for at in kept], rarity[kept]
    vectors = _vectors(bags, chosen, rarity)
    model, factor = _model().fit(vectors, wanted), _factor(vectors, wanted)
    return _rounded(labels, chosen, model.coef_.T * rarity[:, None] * factor, rarity, model.intercept_ * factor)


def _vectors(bags: Sequence[Sequence[str]], chosen: Sequence[str], rarity: Matrix) -> Matrix:
    """Return a row for each sentence, divided as `Weights` says."""
    column = {feature: at for at, feature in enumerate(chosen)}
    counts = [sorted(Counter(column[f] for f in bag if f in column).items()) for bag in bags]
    starts = np.cumsum([0, *map(len, counts)])
    columns = np.array([at for count in counts for at, _ in count])
    times = np.array([number for count in counts for _, number in count])
    shape = (len(counts), len(chosen))
    lengths = np.sqrt(sparse.csr_matrix((times, columns, starts), shape=shape) @ rarity**2)
    vectors = sparse.csr_matrix((times * rarity[columns], columns, starts), shape=shape)
    return sparse.diags(1 / np.maximum(lengths, 1e-9)) @ vectors


def _model() -> LinearSVC:
    return LinearSVC(C=_STRENGTH, random_state=0)


def _factor(vectors: Matrix, wanted: Matrix) -> float:
    """Return what margins are multiplied by so that their softmax is as sure as it is right."""
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    margins = cross_val_predict(_model(), vectors, wanted, cv=folds, method="decision_function")
    rows = np.arange(len(wanted))
    losses = [-log_softmax(margins * factor, axis=1)[rows, wanted].mean() for factor in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _rounded(labels: tuple[str, ...], chosen: Sequence[str], weights: Matrix, rarity: Matrix, bias: Matrix) -> Weights:
    step = float(np.abs(weights).max()) / _LEVELS
    rarity_step = float((rarity**2).max()) / _RARITY_LEVELS
    table = np.empty((len(chosen), len(labels) + 1), dtype=np.uint8)
    table[:, :-1] = np.rint(weights / step) + ZERO
    table[:, -1] = np.rint(rarity**2 / rarity_step)
    return Weights(labels, tuple(round(float(b), 4) for b in bias), step, rarity_step, chosen, table.tobytes())
