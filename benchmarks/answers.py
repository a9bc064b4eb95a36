"""The weights by which an entry of the FAQ answers: `python -m benchmarks.answers`, needs the extra `training`.

A logistic regression over the evidence of `nlu/questions/likelihood.py`, fitted on the questions of the committed
outcome sets. It prints the weights, and what each threshold costs: each set is judged by weights that were fitted on
the others.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from sklearn.linear_model import LogisticRegression

from bot.profile import load
from bot.simulation.outcomes.gate import SETS
from bot.simulation.outcomes.wanted import OneQuestion, read_set
from nlu.languages.shipped import KNOWN, order_langs
from nlu.questions.answering import nearest, weigh_hits
from nlu.questions.likelihood import EntryEvidence

PROFILE = Path(__file__).parent.parent / "profiles/fakturasmart"
THRESHOLDS = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)


class Candidate(Struct, frozen=True):
    """An entry near a question, and whether it answers it."""

    evidence: EntryEvidence
    right: bool


Question = tuple[str, list[Candidate]]


def questions() -> Iterator[Question]:
    """Yield the questions of the committed sets, each with the name of its set and the entries near it."""
    faq = load(PROFILE).questions()
    for path in sorted(SETS.glob("*.jsonl")):
        for item in read_set(path):
            if isinstance(item, OneQuestion):
                langs = order_langs(KNOWN, item.lang)
                near = weigh_hits(item.text, nearest(item.text, faq, langs), faq, langs)
                yield path.stem, [Candidate(evidence, hit.id in item.answers) for hit, evidence in near]


def table(of: list[Candidate]) -> Any:
    """Return the evidence as rows of numbers."""
    return np.array([[getattr(one.evidence, name) for name in one.evidence.__struct_fields__] for one in of])


def fitted(of: list[Candidate]) -> Any:
    """Return the regression on these candidates."""
    return LogisticRegression(C=1.0, max_iter=1000).fit(table(of), [one.right for one in of])


def held_out(known: list[Question]) -> Iterator[tuple[float, bool]]:
    """Yield the likeliest entry of each question by weights of the other sets: its likelihood, and if it is right."""
    for held in sorted({name for name, _ in known}):
        model = fitted([one for name, of in known if name != held for one in of])
        for _, of in ((name, of) for name, of in known if name == held and of):
            likely = model.predict_proba(table(of))[:, 1]
            best = int(likely.argmax())
            yield float(likely[best]), of[best].right


def main() -> None:
    """Print the weights and the table."""
    known = list(questions())
    model = fitted([one for _, of in known for one in of])
    for name, weight in zip(EntryEvidence.__struct_fields__, model.coef_[0], strict=True):
        print(f"    {name}={weight:.3f},")
    print(f"bias {model.intercept_[0]:.3f}")
    found = list(held_out(known))
    for threshold in THRESHOLDS:
        taken = [right for likely, right in found if likely >= threshold]
        print(f"from {threshold:.2f}: {sum(taken)} right, {len(taken) - sum(taken)} wrong of {len(known)}")


if __name__ == "__main__":
    main()
