"""`python entity_linker.py FOLDER`: trains spaCy's entity_linker on a corpus, links its dev documents, prints a line of JSON.

What is measured is its time, so that entities have random vectors: no package of word vectors is needed. Knowledge base,
tokens and sentences are made before the clock starts. All settings are spaCy's defaults.
"""

import json
import os
import random
import resource
import sys
import time
from pathlib import Path

import numpy
import spacy
from spacy.kb import InMemoryLookupKB
from spacy.tokens import Span
from spacy.training import Example
from spacy.util import filter_spans, minibatch

WIDTH = 64
SEED = 1
BATCH_WORDS = 1000
TRAIN_MENTIONS = 3000
LINK_MENTIONS = 1000


def read_lines(path):
    with open(path, encoding="utf8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def make_kb(vocab, folder):
    kb = InMemoryLookupKB(vocab, entity_vector_length=WIDTH)
    entities = read_lines(folder / "entities.jsonl")
    vectors = numpy.random.default_rng(SEED).normal(size=(len(entities), WIDTH)).astype("float32")
    kb.set_entities(
        entity_list=[entity["id"] for entity in entities],
        freq_list=[float(entity.get("freq") or 1) for entity in entities],
        vector_list=list(vectors),
    )
    known = {entity["id"] for entity in entities}
    for alias in read_lines(folder / "aliases.jsonl"):
        if kb.contains_alias(alias["alias"]):
            continue
        weights = alias.get("probabilities") or alias["counts"]
        total = max(1.0, sum(weights)) * 1.0001  # spaCy refuses a sum that rounding brings above 1
        rows = {id: weight / total for id, weight in zip(alias["entities"], weights) if id in known}
        if rows:
            kb.add_alias(alias["alias"], list(rows), list(rows.values()))
    return kb


def read_docs(nlp, path, most):
    """Documents with their mentions, until they have `most` of them."""
    docs, mentions = [], 0
    for row in read_lines(path):
        doc = nlp(row["text"])
        spans = [
            doc.char_span(ent["start"], ent["end"], ent.get("label") or "ENT", kb_id=ent.get("kb_id") or "", alignment_mode="expand")
            for ent in row["ents"]
        ]
        doc.ents = filter_spans([span for span in spans if span is not None])
        if not doc.ents:
            continue
        docs.append(doc)
        mentions += len(doc.ents)
        if mentions >= most:
            break
    return docs, mentions


def without_links(doc):
    copy = doc.copy()
    copy.ents = [Span(copy, ent.start, ent.end, label=ent.label) for ent in doc.ents]
    return copy


def main(folder):
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    random.seed(SEED)
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    train, train_mentions = read_docs(nlp, folder / "train.jsonl", TRAIN_MENTIONS)
    dev, link_mentions = read_docs(nlp, folder / "dev.jsonl", LINK_MENTIONS)
    linker = nlp.add_pipe("entity_linker", config={"entity_vector_length": WIDTH, "use_gold_ents": True})
    linker.set_kb(lambda vocab: make_kb(vocab, folder))
    examples = [Example(nlp.get_pipe("sentencizer")(nlp.make_doc(doc.text)), doc) for doc in train]
    linker.initialize(lambda: examples, nlp=nlp)
    optimizer = nlp.create_optimizer()
    words = sum(len(doc) for doc in train) / len(train)
    for _ in range(2):
        random.shuffle(examples)
        started = time.process_time()
        for batch in minibatch(examples, size=max(1, round(BATCH_WORDS / words))):
            linker.update(batch, drop=0.2, sgd=optimizer)
        train_seconds = time.process_time() - started
    copies = [without_links(doc) for doc in dev]
    started = time.process_time()
    for _ in linker.pipe(copies, batch_size=128):
        pass
    link_seconds = time.process_time() - started
    print(
        json.dumps(
            {
                "version": spacy.__version__,
                "trainMentions": train_mentions,
                "trainPerCpuSecond": train_mentions / train_seconds,
                "linkMentions": link_mentions,
                "linkPerCpuSecond": link_mentions / link_seconds,
                "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


main(Path(sys.argv[1]))
