"""Golden values from spaCy for the tests: writes test/golden/NAME.json.

    pip install "spacy==3.8.*"
    python scripts/make-golden.py [NAME ...]      all of them without a name

Each golden file is made by one function of GOLDEN below, out of a fixed seed.
"""

import json
import random
import sys
from pathlib import Path

import spacy
from spacy.scorer import Scorer
from spacy.tokens import Doc, Span
from spacy.training import Example

FOLDER = Path(__file__).resolve().parent.parent / "test" / "golden"


def score_links():
    """300 cases of Scorer.score_links.

    A case: {"docs": [[gold, predicted], ...], "scores": [micro p, r, f, macro p, r, f], "types": {label: [p, r, f]}}
    with "negative": [...] where it is not ["NIL"]. Mentions are "first-last label kb_id" in words of two characters.
    """
    rng = random.Random(64)
    nlp = spacy.blank("en")
    words = list("abcdefgh")

    def mentions(labels, ids):
        found, at = [], 0
        while (at := at + rng.randrange(3)) < len(words):
            end = min(len(words), at + rng.randint(1, 3))
            found.append((at, end, rng.choice(labels), rng.choice(ids)))
            at = end
        return found

    def changed(gold, labels, ids):
        """A prediction: mostly the gold mentions, with other links, labels and ends now and then."""
        found, last = [], 0
        for start, end, label, kb_id in gold:
            if start < last or rng.random() < 0.1:
                continue
            if rng.random() < 0.1 and end < len(words):
                end += 1
            label = rng.choice(labels) if rng.random() < 0.2 else label
            kb_id = rng.choice(ids) if rng.random() < 0.4 else kb_id
            found.append((start, end, label, kb_id))
            last = end
        return found

    def doc_of(found):
        doc = Doc(nlp.vocab, words=words)
        doc.set_ents([Span(doc, start, end, label, kb_id=kb_id) for start, end, label, kb_id in found])
        return doc

    def short(found):
        return [f"{start}-{end} {label} {kb_id}" for start, end, label, kb_id in found]

    def case():
        labels = rng.sample(["PER", "ORG", "LOC", "MISC"], rng.randint(1, 3))
        ids = rng.choice([["Q1", "NIL"], ["Q1", "Q2", "NIL"], ["Q1", "Q2", "Q3", "NIL", ""], ["NIL"], ["Q1", "Q2", ""]])
        negative = rng.choice([["NIL"]] * 4 + [["NIL", ""], [], ["Q2"]])
        golds = [mentions(labels, ids) for _ in range(rng.choice([0, 1, 1, 2, 2, 2, 3]))]
        pairs = [(gold, changed(gold, labels, ids)) for gold in golds]
        examples = [Example(doc_of(predicted), doc_of(gold)) for gold, predicted in pairs]
        scores = Scorer.score_links(examples, negative_labels=negative)
        return {
            "docs": [[short(gold), short(predicted)] for gold, predicted in pairs],
            **({} if negative == ["NIL"] else {"negative": negative}),
            "scores": [scores[f"nel_{kind}_{key}"] for kind in ("micro", "macro") for key in "prf"],
            "types": {label: [prf[key] for key in "prf"] for label, prf in scores["nel_f_per_type"].items()},
        }

    return [case() for _ in range(300)]


GOLDEN = {"score-links": score_links}


def main(names):
    for name in names or GOLDEN:
        rows = GOLDEN[name]()
        lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        golden = f'{{"made_by":"spacy {spacy.__version__}","cases":[\n{lines}\n]}}\n'
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.json").write_text(golden, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
