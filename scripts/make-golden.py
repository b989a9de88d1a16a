"""Golden values from spaCy for the tests: writes test/golden/NAME.json, and files of spaCy's own formats beside them.

    pip install "spacy==3.8.*"
    python scripts/make-golden.py [NAME ...]      all of them without a name

Each golden file is made by one function of GOLDEN below, out of a fixed seed.
"""

import json
import random
import sys
from pathlib import Path

import numpy
import spacy
from golden_decisions import decisions
from golden_kb_calls import kb_calls
from spacy.kb import InMemoryLookupKB
from spacy.scorer import Scorer
from spacy.symbols import NAMES
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.util import get_words_and_spaces
from spacy.vocab import Vocab

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


def spacy_strings():
    """[string, its number in spaCy's StringStore]: all symbols, every length up to 40 bytes, and other scripts."""
    ascii_text = "The quick brown fox jumps over the lazy dog"
    texts = [ascii_text[:length] for length in range(41)] + ["Zürich", "🍎", "東京都", "e\u0301", "\u0000", "\r\n", "x" * 1000]
    return [[text, str(Vocab().strings[text])] for text in [*NAMES, *texts]]


def utf16(text, offset):
    """An offset of code points as one of UTF-16 code units."""
    return len(text[:offset].encode("utf-16-le")) // 2


def seen(doc):
    """What linkwright is to make of a Doc."""

    def span_of(span):
        return {"start": utf16(doc.text, span.start_char), "end": utf16(doc.text, span.end_char)}

    ents = [{**span_of(ent), "label": ent.label_, "kb_id": ent.kb_id_} for ent in doc.ents]
    has_sents = doc.has_annotation("SENT_START")
    return {"text": doc.text, "ents": ents, **({"sents": [span_of(sent) for sent in doc.sents]} if has_sents else {})}


def docbin():
    """NAME.spacy files, and of each {"file": NAME, "docs": [as linkwright reads them], "to_json": [Doc.to_json]}."""
    rng = random.Random(81)
    nlp = spacy.blank("en")

    def doc_of(text, ents=(), starts=None):
        """Each ent is (words, label, kb_id), found from left to right; `starts` are words that begin a sentence."""
        doc = nlp.make_doc(text)
        spans, at = [], 0
        for words, label, kb_id in ents:
            at = text.index(words, at)
            spans.append(doc.char_span(at, at + len(words), label=label, kb_id=kb_id))
            at += len(words)
        doc.set_ents(spans)
        if starts is not None:
            for token in doc:
                token.is_sent_start = token.i == 0 or token.text in starts
        return doc

    def written(name, docs, **options):
        bin_ = DocBin(docs=docs, **options)
        FOLDER.mkdir(parents=True, exist_ok=True)
        bin_.to_disk(FOLDER / f"{name}.spacy")
        docs = list(DocBin().from_disk(FOLDER / f"{name}.spacy").get_docs(Vocab()))
        for doc in docs:
            doc.cats = {label: float(score) for label, score in doc.cats.items()}  # numpy's numbers are no JSON
        return {"file": f"{name}.spacy", "docs": [seen(doc) for doc in docs], "to_json": [doc.to_json() for doc in docs]}

    def parsed():
        """Up to nine words under a random tree, which may cross itself, with some labels missing."""
        size = rng.randint(2, 9)
        heads = [rng.choice([i, rng.randrange(size), rng.randrange(size)]) for i in range(size)]
        deps = [rng.choice(["nsubj", "ROOT", "x", ""]) for _ in range(size)]
        return Doc(nlp.vocab, words=list("abcdefghi"[:size]), spaces=[True] * size, heads=heads, deps=deps)

    tagged = doc_of("Ada met Bob.", [("Ada", "PERSON", "Q7259")])
    tagged.cats = {"math": numpy.float32(0.5), "art": 0.0}
    tagged.user_data["id"] = "doc-1"
    tagged.spans["sc"] = [Span(tagged, 0, 2, label="PAIR", kb_id="Q1")]
    unknown_spaces = Doc(nlp.vocab, words=["New", "York", "!"])
    unknown_spaces.ents = [Span(unknown_spaces, 0, 2, label="GPE", kb_id="Q60")]
    partly = doc_of("Paris or Lima")
    partly.set_ents([Span(partly, 0, 1, label="GPE", kb_id="Q90")], default="missing")
    docs = [
        doc_of("Ada Lovelace met Bob.", [("Ada Lovelace", "PERSON", "Q7259"), ("Bob", "PERSON", "NIL")], starts=[]),
        doc_of("🍎 fell on 🧑‍🔬 Newton 🙂. He wrote. 🍏", [("🧑‍🔬 Newton", "PERSON", "Q935"), ("🍏", "FOOD", "Q89")], starts=["He"]),
        doc_of("Zu\u0308rich and Ame\u0301lie", [("Zu\u0308rich", "GPE", "Q72"), ("Ame\u0301lie", "Künstlerin", "Q484048")]),
        doc_of("one\r\ntwo  three\tfour\n\nfive ", [("two", "CARDINAL", "")], starts=["five"]),
        doc_of(" \n\u00a0 "),
        doc_of(""),
        doc_of("Nothing is named here. Nor here.", starts=["Nor"]),
        doc_of("ORG num X _ PERSON", [("ORG", "ORG", "GPE"), ("X", "X", "ROOT")]),
        doc_of("東京都と𠮷野家", [("東京都と𠮷野家", "LOC", "Q1490:東")]),
        doc_of("Word"),
        doc_of("Jordan Jordan Jordan", [("Jordan", "GPE", "Q810"), ("Jordan", "GPE", "Q810"), ("Jordan", "PERSON", "Q41421")]),
        tagged,
        unknown_spaces,
        partly,
    ]
    heads = ["HEAD", "DEP", "ENT_IOB"]
    return [
        written("docs", docs),
        written("user-data", [tagged], store_user_data=True),
        written("entities", docs[:3], attrs=["ENT_IOB", "ENT_TYPE", "ENT_KB_ID"]),
        written("heads", [parsed() for _ in range(60)], attrs=heads),
        written("sent-starts", [parsed() for _ in range(10)] + docs[:2], attrs=["SENT_START"]),
    ]


def spacy_train():
    """{"example": [text, annotations], "doc": as linkwright reads it} or, where Example.from_dict refuses, "error"."""
    rng = random.Random(34)
    nlp = spacy.blank("en")
    words = ["🍎", "Zürich", "Bob", "fell", "東", "e\u0301", "New", "York"]

    def case():
        doc = Doc(nlp.vocab, *get_words_and_spaces(chosen := rng.choices(words, k=7), " ".join(chosen)))

        def range_of(first, last):
            return [doc[first].idx, doc[last].idx + len(doc[last])]

        entities, at = [], 0
        while (at := at + rng.randrange(3)) < len(doc):
            last = min(len(doc) - 1, at + rng.randrange(2))
            entities.append([*range_of(at, last), rng.choice(["PERSON", "PERSON", "Ort", ""])])
            at = last + 1
        ranges = [tuple(entity[:2]) for entity in entities]
        first = rng.randrange(len(doc))
        ranges.append(tuple(range_of(first, rng.randrange(first, len(doc)))))
        ids = ["Q1", "Q2", "NIL", "東"]
        links = {
            key: {id_: rng.choice([1.0, 0.0, 0.0, 0.5, 1]) for id_ in rng.sample(ids, rng.randint(1, 3))}
            for key in rng.sample(ranges, rng.randint(0, len(ranges)))
        }
        as_json = {str(key): scores for key, scores in links.items()}
        example = [doc.text, {"entities": entities, "links": as_json, "cats": {"x": 1.0}}]
        try:
            reference = Example.from_dict(doc, {"entities": entities, "links": links}).reference
        except ValueError as error:
            return {"example": example, "error": str(error)[1:5]}
        return {"example": example, "doc": {"text": doc.text, "ents": seen(reference)["ents"]}}

    return [case() for _ in range(120)]


def spacy_kb():
    """The folder spacy-kb, and what spaCy reads out of it: entities, then aliases."""
    kb = InMemoryLookupKB(Vocab(), entity_vector_length=3)
    entities = [("Q1", 27.5, [8, 4, 3]), ("Zürich", 0, [0.1, -1e-8, 3e38]), ("🍎", 1e6, [0, 0, 0]), ("ORG", 5, [-1, -6, 5])]
    for id_, freq, vector in entities:
        kb.add_entity(id_, freq, vector)
    aliases = [
        ("Zürich", ["Zürich"], [1.0]),
        ("apple", ["🍎", "ORG", "Q1"], [0.1, 0.7, 0.2]),
        ("🍏 e\u0301", ["🍎", "ORG"], [1 / 3, 1 / 7]),
        ("GPE", ["ORG"], [0.0]),
        ("nothing", [], []),
        ("Q1", ["Q1", "🍎"], [0.5, 0.25]),
    ]
    for alias, ids, probabilities in aliases:
        kb.add_alias(alias, ids, probabilities)
    kb.to_disk(FOLDER / "spacy-kb")
    loaded = InMemoryLookupKB(Vocab(), entity_vector_length=1)
    loaded.from_disk(FOLDER / "spacy-kb")
    freqs = {c.entity_: c.entity_freq for alias, *_ in aliases for c in loaded.get_alias_candidates(alias)}
    return [
        *({"id": id_, "freq": freqs[id_], "vector": list(loaded.get_vector(id_))} for id_, *_ in entities),
        *(
            {"alias": alias, "candidates": [[c.entity_, c.prior_prob] for c in loaded.get_alias_candidates(alias)]}
            for alias, *_ in aliases
        ),
    ]


def spacy_kb_added():
    """The folder spacy-kb-added, of a knowledge base that got entities after set_entities; of each entity its vector as it
    was given, and as spaCy reads it out of the folder."""
    given = {"Q1": [1.0, 1.5], "Q2": [2.0, 2.5], "Q3": [3.0, 3.5], "Q4": [4.0, 4.5]}
    ids = list(given)
    kb = InMemoryLookupKB(Vocab(), entity_vector_length=2)
    kb.set_entities(ids[:2], [1, 2], [given[id_] for id_ in ids[:2]])
    for id_ in ids[2:]:
        kb.add_entity(id_, 3, given[id_])
    kb.add_alias("Paris", ids, [0.25] * 4)
    kb.to_disk(FOLDER / "spacy-kb-added")
    loaded = InMemoryLookupKB(Vocab(), entity_vector_length=2)
    loaded.from_disk(FOLDER / "spacy-kb-added")
    return [{"id": id_, "given": given[id_], "read": list(loaded.get_vector(id_))} for id_ in ids]


GOLDEN = {
    "score-links": score_links,
    "spacy-strings": spacy_strings,
    "docbin": docbin,
    "spacy-train": spacy_train,
    "spacy-kb": spacy_kb,
    "spacy-kb-added": spacy_kb_added,
    "kb-calls": kb_calls,
    "decisions": decisions,
}


def main(names):
    for name in names or GOLDEN:
        rows = GOLDEN[name]()
        lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        golden = f'{{"made_by":"spacy {spacy.__version__}","cases":[\n{lines}\n]}}\n'
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.json").write_text(golden, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
