"""What spaCy's EntityLinker decides over given vectors: the golden file decisions of make-golden.py.

A case is one mention: {"settings": [labels_discard, threshold, incl_prior, incl_context], "label", "context": the model's
vector, "candidates": [[id, prior, vector], ...], "id": spaCy's choice} and, where spaCy computed them, "scores" in the
candidates' order. The EntityLinker is the real one; only its model is replaced, by one that gives the recorded vectors.
There are no ties, which spaCy breaks at random, and no score lies at a threshold by rounding alone.
"""

import itertools
import random
from types import SimpleNamespace

import numpy
import spacy
from spacy.kb import InMemoryLookupKB
from spacy.pipeline import entity_linker
from spacy.tokens import Doc, Span

LENGTH = 4
MENTIONS = 13
# Nearer to each other, or to a threshold, no two scores come.
MARGIN = 1e-3


class Scores(numpy.ndarray):
    """An array that spaCy computes with and that remembers the one whose maximum was asked for last."""

    asked = None

    def max(self, *args, **kwargs):
        Scores.asked = self.tolist()
        return super().max(*args, **kwargs)

    def argmax(self, *args, **kwargs):
        Scores.asked = self.tolist()
        return super().argmax(*args, **kwargs)


def given(contexts):
    """A model that gives these vectors, one a call."""
    left = iter(contexts)
    xp = SimpleNamespace(
        asarray=lambda values: numpy.asarray(values).view(Scores), dot=numpy.dot, linalg=numpy.linalg
    )
    return SimpleNamespace(
        ops=SimpleNamespace(xp=xp), predict=lambda docs: [numpy.asarray(next(left), dtype="float32")]
    )


def predicted(kb, settings, mentions):
    """spaCy's id and scores of each mention of one document."""
    nlp = spacy.blank("en", vocab=kb.vocab)
    names = ["labels_discard", "threshold", "incl_prior", "incl_context"]
    linker = nlp.add_pipe("entity_linker", config=dict(zip(names, settings)))
    linker.set_kb(lambda vocab: kb)
    linker.model = given([mention["context"] for mention in mentions])
    found = []
    for mention in mentions:
        doc = Doc(nlp.vocab, words=[mention["alias"], "."], sent_starts=[True, False])
        doc.ents = [Span(doc, 0, 1, label=mention["label"])]
        Scores.asked = None
        found.append((linker.predict([doc])[0], Scores.asked))
    return found


def decisions():
    rng = random.Random(38)
    numbers = itertools.count()
    kb = InMemoryLookupKB(spacy.blank("en").vocab, entity_vector_length=LENGTH)

    def vector():
        return [rng.randint(-128, 128) / 64 for _ in range(LENGTH)]

    def priors(count):
        """Different ones, 1.0 now and then; what they lack of 1 is NIL's."""
        if rng.random() < 0.2:
            return [1.0, *[0.0] * (count - 1)][:count]
        weights = [rng.random() for _ in range(count)]
        total = sum(weights) + rng.random()
        return [weight / total for weight in weights]

    def drawn(alias):
        """A mention whose candidates nothing but its alias has."""
        count = rng.choice([0, 1, 1, 2, 2, 3, 4])
        candidates = [(vector(), prior) for prior in priors(count)]
        rng.shuffle(candidates)
        context = vector()
        if candidates and rng.random() < 0.5:
            near = rng.choice(candidates)[0]
            context = [x + rng.randint(-24, 24) / 64 for x in near]
        label = rng.choice(["PERSON", "PERSON", "GPE", "DATE"])
        return {"alias": alias, "label": label, "context": context, "candidates": candidates}

    def added(mention):
        ids = []
        for entity_vector, _ in mention["candidates"]:
            ids.append(f"Q{len(kb) + 1}")
            kb.add_entity(ids[-1], 1, entity_vector)
        if ids:
            kb.add_alias(mention["alias"], ids, [prior for _, prior in mention["candidates"]])
        found = kb.get_alias_candidates(mention["alias"])
        return [[c.entity_, c.prior_prob, list(c.entity_vector)] for c in found]

    def is_clear(settings, mention):
        """Whether rounding can't change the choice."""
        _, threshold, incl_prior, incl_context = settings
        context = numpy.asarray(mention["context"])
        scores = []
        for entity_vector, prior in mention["candidates"]:
            p = prior if incl_prior else 0.0
            norms = numpy.linalg.norm(context) * numpy.linalg.norm(entity_vector)
            s = numpy.dot(context, entity_vector) / norms if incl_context else 0.0
            scores.append(p + s - p * s)
        scores.sort()
        best = scores[-1] if scores else -1
        is_nil = threshold is not None and best < threshold - MARGIN
        # Without context nothing is rounded but the prior, to a float, by both alike.
        is_near = incl_context and threshold is not None and abs(best - threshold) < MARGIN
        is_tied = len(scores) > 1 and scores[-1] - scores[-2] < MARGIN and not is_nil
        return not is_near and not is_tied

    def cases(settings):
        mentions = []
        while len(mentions) < MENTIONS:
            mention = drawn(f"m{next(numbers)}")
            if is_clear(settings, mention):
                mentions.append({**mention, "candidates": added(mention)})
        for mention, (kb_id, scores) in zip(mentions, predicted(kb, settings, mentions)):
            del mention["alias"]
            yield {
                "settings": settings,
                **mention,
                "id": kb_id,
                **({} if scores is None else {"scores": scores}),
            }

    switches = itertools.product([None, 0.3, 0.8, 1.0], [True, False], [True, False])
    shuffled = entity_linker.random
    entity_linker.random = SimpleNamespace(shuffle=lambda candidates: None)  # scores stay in the candidates' order
    try:
        return [case for values in switches for case in cases([["DATE"], *values])]
    finally:
        entity_linker.random = shuffled
