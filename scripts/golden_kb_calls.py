"""What spaCy's InMemoryLookupKB does, call by call: the golden file kb-calls of make-golden.py.

A step: {"do": [method, *arguments]} with "gives" (the result; true for the hash of what was added), "error" and
"warns" (codes) and, where the call changed it, "kb": [{entity: vector}, {alias: [[entity, prior, freq], ...]}].
A step goes on with the knowledge base of the step before; "new" makes one, "reload" takes it through bytes or a
folder. Numbers that JSON lacks are strings, such as "nan".

A step with "why" is one that linkwright does otherwise on purpose, as the test says.
"""

import math
import random
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import spacy
from spacy.kb import InMemoryLookupKB, KnowledgeBase
from spacy.tokens import Doc

ENTITIES = ["Q1", "Q2", "Q3", "Zürich", "🍎", "e\u0301"]
ALIASES = ["adam", "Adam", "Zürich", "🍎 pie", " ", "\u00e9", "Q1"]


class Recorder:
    """Calls methods of a knowledge base and writes down what they do."""

    def __init__(self):
        self.steps = []
        self.kb = None
        self.last = None

    def do(self, method, *args, why=None):
        step = {"do": [method, *args]}
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                gives = self.result(method, args, self.call(method, [numbers(arg) for arg in args]))
                if gives is not None:
                    step["gives"] = gives
            except (ValueError, TypeError, AttributeError) as error:
                is_coded = str(error).startswith("[E")
                step["error"] = str(error)[1:].split("]")[0] if is_coded else type(error).__name__
        if warned:
            step["warns"] = [str(warning.message)[1:5] for warning in warned]
        if why:
            step["why"] = why
        elif (state := self.state()) != self.last:
            step["kb"] = self.last = state
        self.steps.append(step)

    def call(self, method, args):
        kb = self.kb
        if method == "new":
            self.kb = InMemoryLookupKB(spacy.blank("en").vocab, *args)
        elif method == "reload":
            self.kb = InMemoryLookupKB(kb.vocab, 1)
            if args[0] == "bytes":
                self.kb.from_bytes(kb.to_bytes())
            else:
                with TemporaryDirectory() as folder:
                    kb.to_disk(folder)
                    self.kb.from_disk(folder)
        elif method == "abstract":
            KnowledgeBase(kb.vocab, 3)
        elif method == "subclass":
            getattr(type("Subclass", (KnowledgeBase,), {})(kb.vocab, 3), args[0])(*args[1:])
        elif method in ("from_disk", "to_disk"):
            with TemporaryDirectory() as folder:
                path = Path(folder, "it")
                if args[0] == "a file":
                    path.write_text("")
                getattr(kb, method)(path)
        elif method == "get_candidates":
            return kb.get_candidates(self.span(args[0]))
        elif method == "get_candidates_batch":
            return kb.get_candidates_batch([self.span(text) for text in args[0]])
        else:
            return getattr(kb, method)(*args)

    def span(self, text):
        return Doc(self.kb.vocab, words=[text], spaces=[False])[:]

    def result(self, method, args, value):
        if method in ("add_entity", "add_alias") and value is not None:
            assert value == self.kb.vocab.strings[args[0]]
            return True
        if method in ("get_candidates", "get_alias_candidates"):
            return [[c.entity_, c.prior_prob] for c in value]
        if method == "get_candidates_batch":
            return [self.result("get_candidates", args, candidates) for candidates in value]
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        return sorted(value) if method.endswith("_strings") else value

    def state(self):
        """Everything that the knowledge base holds, each thing asked for in every way there is."""
        kb, strings = self.kb, self.kb.vocab.strings
        ids, names = sorted(kb.get_entity_strings()), sorted(kb.get_alias_strings())
        assert len(ids) == len(kb) == kb.get_size_entities() and len(names) == kb.get_size_aliases()
        assert kb.is_empty() == (not ids)
        assert all(kb.contains_entity(id_) == (id_ in ids) for id_ in ENTITIES)
        assert all(kb.contains_alias(name) == (name in names) for name in ALIASES)
        vectors = {id_: list(vector) for id_, vector in zip(ids, kb.get_vectors(ids))}
        found = {}
        for name in names:
            candidates = list(kb.get_alias_candidates(name))
            assert self.result("get_candidates", [], kb.get_candidates(self.span(name))) == [
                [c.entity_, c.prior_prob] for c in candidates
            ]
            for c in candidates:
                assert (c.alias_, c.alias, c.entity) == (name, strings[name], strings[c.entity_])
                assert list(c.entity_vector) == vectors[c.entity_] == list(kb.get_vector(c.entity_))
            found[name] = [[c.entity_, c.prior_prob, c.entity_freq] for c in candidates]
        for name in ALIASES:
            priors = {id_: prior for id_, prior, _ in found.get(name, [])}
            assert all(kb.get_prior_prob(id_, name) == priors.get(id_, 0) for id_ in ENTITIES)
        return [vectors, found]


def numbers(arg):
    """An argument, the numbers that JSON lacks as numbers."""
    if isinstance(arg, list):
        return [numbers(one) for one in arg]
    return float(arg) if arg in ("nan", "inf", "-inf") else arg


def random_calls(recorder, rng, vector_length, count):
    do = recorder.do
    do("new", vector_length)
    order = []  # entities by row
    can_save = True  # not once set_entities or reload has left a gap in its vectors

    def vector():
        wrong = rng.random() < 0.15
        return [rng.choice([0, 1, -1.5, 0.1, 3e38]) for _ in range(vector_length + wrong)]

    def freqs(count):
        return [rng.choice([0, 1, 27.5, 0.1, 1e6]) for _ in range(count)]

    def some(items, most):
        return rng.sample(items, k=min(len(items), rng.randint(0, most)))

    def add_alias():
        ids = some(order, 3) if rng.random() < 0.85 else some(ENTITIES, 3)
        n = len(ids) + (rng.random() < 0.1)
        sums = [[1 / max(n, 1)] * n, [0.125] * n, [0.1] * n, [0] * n, [0.500005] * n, [0.4, 0.6, 0.2][:n]]
        priors = rng.choice([*sums, [0.50001, 0.5, 0][:n], [1.00001, 0, 0][:n], [0.7, 0.1, 0.1][:n]])
        do("add_alias", rng.choice([*ALIASES, *ALIASES, ""]), ids, priors)

    def append_alias():
        id_ = rng.choice(order if order and rng.random() < 0.85 else ENTITIES)
        known = sorted(recorder.kb.get_alias_strings())
        alias = rng.choice(known if known and rng.random() < 0.9 else ALIASES)
        do("append_alias", alias, id_, rng.choice([0, 0.1, 0.25, 0.5, 1 / 3]), *rng.choice([[], [], [], [True]]))

    def set_entities():
        """Entities that aliases may have stay in their rows; ids that are there twice come last, as spaCy writes
        behind its arrays otherwise; all vectors fit, as it forgets half of its entities otherwise."""
        ids = list(order) if recorder.kb.get_size_aliases() else some(ENTITIES, 3)
        ids += some([id_ for id_ in ENTITIES if id_ not in ids], 1)
        order[:] = ids
        ids = ids + (ids[:1] if rng.random() < 0.3 else [])
        vectors = [[rng.choice([0.5, 0.1])] * vector_length for _ in ids]
        do("set_entities", ids, freqs(len(ids)), vectors)
        do("set_entities", ids + ["Q9"], freqs(len(ids)), vectors)

    def ask():
        id_, alias = rng.choice(ENTITIES), rng.choice(ALIASES)
        about_entity = [("get_vector", id_), ("get_vectors", [id_, "Q9"]), ("contains_entity", id_)]
        about_alias = [("contains_alias", alias), ("get_alias_candidates", alias), ("get_prior_prob", id_, alias)]
        batch = ("get_candidates_batch", [alias, "?"] if recorder.kb.get_alias_candidates(alias) else ["?"])
        about_all = [("get_entity_strings",), ("get_alias_strings",), ("get_size_entities",), ("is_empty",), batch]
        do(*rng.choice(about_entity + about_alias + about_all))

    for i in range(count):
        kinds = ["entity", "alias", "append", "set", "ask", "reload"]
        weights = [9, 2, 1, 2, 2, 1] if i < 6 else [8, 10, 14, 1, 10, 3]
        kind = rng.choices(kinds, weights)[0]
        if kind == "entity":
            id_ = rng.choice(ENTITIES)
            do("add_entity", id_, *freqs(1), vector())
            if recorder.kb.contains_entity(id_) and id_ not in order:
                order.append(id_)
        elif kind == "set":
            set_entities()
            can_save = False
        elif kind == "reload":
            do("reload", rng.choice(["bytes", "folder"]) if can_save else "bytes")
            can_save = False
        else:
            {"alias": add_alias, "append": append_alias, "ask": ask}[kind]()


def differences(recorder):
    """What linkwright does otherwise; calls that don't hang together."""

    def fresh():
        recorder.do("new", 2)
        recorder.do("set_entities", ["A", "B"], [1, 2], [[1, 2], [3, 4]])
        recorder.do("add_alias", "x", ["A", "B"], [0.25, 0.5])
        recorder.do("add_alias", "w", ["A"], [0.25])

    def differs(why, *calls):
        fresh()
        for call in calls:
            recorder.do(*call, why=why)

    for id_ in ("", "NIL"):
        differs("a reserved id", ["add_entity", id_, 1, [1, 2]], ["contains_entity", id_])
    for bad in ("nan", "inf", "-inf", 1e39):
        differs("a vector that is not finite", ["add_entity", "C", 1, [bad, 2]], ["contains_entity", "C"])
    for bad in (-1, "nan", "inf", "-inf", 1e39):
        differs("a frequency that is none", ["add_entity", "C", bad, [1, 2]], ["contains_entity", "C"])
    for bad in (-0.5, "nan", "-inf"):
        differs("a probability that is none", ["add_alias", "y", ["A"], [bad]], ["contains_alias", "y"])
        differs("a probability that is none", ["append_alias", "w", "B", bad], ["get_prior_prob", "B", "w"])
    differs("an entity twice", ["add_alias", "y", ["A", "A"], [0.25, 0.5]], ["get_alias_candidates", "y"])
    differs("a lone surrogate", ["add_entity", "C\ud800", 1, [1, 2]], ["contains_entity", "C\ufffd"])
    differs("candidates by prior", ["get_alias_candidates", "x"], ["get_candidates", "x"])
    differs("similar aliases", ["get_candidates", "X"], ["get_candidates_batch", ["X"]], ["get_alias_candidates", "X"])
    differs("other rows", ["set_entities", ["B", "A"], [2, 1], [[3, 4], [1, 2]]], ["get_alias_candidates", "x"])
    half = ["set_entities", ["B", "C"], [1, 1], [[5, 6], [7]]]
    differs("half of the entities", half, ["get_entity_strings"], ["get_vector", "A"])
    more = [["add_entity", "C", 1, [5, 6]], ["add_entity", "D", 1, [7, 8]], ["reload", "folder"]]
    differs("vectors misplaced on disk", *more, ["get_vectors", ["A", "B", "C", "D"]])
    start = [["new", 2], ["add_entity", "A", 1, [1, 2]], ["reload", "folder"]]
    differs("vectors misplaced on disk", *start, *more, ["get_vectors", ["A", "C", "D"]])
    fresh()
    for bad in ("nan", "inf", -1, 2):  # spaCy's codes come before ours
        recorder.do("append_alias", "nobody", "A", bad)
        recorder.do("append_alias", "x", "Q9", bad)
        recorder.do("append_alias", "x", "A", bad)
        recorder.do("add_alias", "x", ["Q9"], [bad])
        recorder.do("add_alias", "y", ["A", "Q9"], [bad, 0.5])
        recorder.do("add_alias", "y", ["A", "A"], [bad])
        recorder.do("add_entity", "A", bad, [bad])
        recorder.do("add_entity", "C", bad, [bad])
    for place in ("nothing", "a file"):
        recorder.do("from_disk", place)
        recorder.do("to_disk", place)
    recorder.do("abstract")
    for call in [["get_candidates", "x"], ["get_candidates_batch", ["x"]], ["get_vector", "x"], ["get_vectors", ["x"]]]:
        recorder.do("subclass", *call, why="E1045 never comes out of spaCy")
    for call in [["to_bytes"], ["from_bytes", ""], ["to_disk", "x"], ["from_disk", "x"]]:
        recorder.do("subclass", *call, why="E1045 never comes out of spaCy")


def kb_calls():
    recorder = Recorder()
    rng = random.Random(18)
    for vector_length in (2, 1, 3, 0, 2, 2):
        random_calls(recorder, rng, vector_length, 90)
    differences(recorder)
    return recorder.steps
