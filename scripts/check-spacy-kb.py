"""Checks both ways between spaCy's InMemoryLookupKB and linkwright's knowledge base, on random ones.

    pip install "spacy==3.8.*"
    npm run build
    python scripts/check-spacy-kb.py [ENTITIES]      10000 without a number

spaCy writes a knowledge base, `linkwright convert` takes it to linkwright's format and back, and spaCy reads the result
into an empty vocabulary: all ids, frequencies, vectors, aliases and priors have to be equal.
"""

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import spacy
from spacy.kb import InMemoryLookupKB
from spacy.vocab import Vocab

COMMAND = ["node", str(Path(__file__).resolve().parent.parent / "dist" / "src" / "cli" / "main.js"), "convert"]
LENGTH = 32
LETTERS = "abcdefghij  ABCDEFGüé東京🍎🧑\u0301"


def random_kb(rng, size):
    kb = InMemoryLookupKB(Vocab(), entity_vector_length=LENGTH)
    ids = ["ORG", "PERSON", "東京🍎", *(f"Q{i}" for i in range(size - 3))]
    vectors = [[rng.gauss(0, 1) for _ in range(LENGTH)] for _ in ids]
    kb.set_entities(ids, [rng.choice([0, rng.random(), 1e6 * rng.random()]) for _ in ids], vectors)
    names = {"".join(rng.choices(LETTERS, k=rng.randint(1, 12))) for _ in range(size)} | {"GPE", "Q1", "num"}
    for alias in sorted(names):
        candidates = rng.sample(ids, rng.choice([0, 1, 1, 2, 3, 30]))
        shares = [rng.random() for _ in candidates]
        kb.add_alias(alias, candidates, [share / max(1, sum(shares)) for share in shares])
    return kb


def content(kb, vocab_of):
    """All that a knowledge base says of the ids and aliases of another."""
    freqs = {}
    aliases = {}
    for alias in vocab_of.get_alias_strings():
        found = kb.get_alias_candidates(alias)
        freqs.update({c.entity_: c.entity_freq for c in found})
        aliases[alias] = [(c.entity_, c.prior_prob) for c in found]
    vectors = {id_: list(kb.get_vector(id_)) for id_ in vocab_of.get_entity_strings()}
    return {"freqs": freqs, "aliases": aliases, "vectors": vectors, "sizes": (kb.get_size_entities(), kb.get_size_aliases())}


def convert(source, target, from_, to):
    started = time.time()
    subprocess.run([*COMMAND, source, target, "--from", from_, "--to", to], check=True)
    print(f"{from_} -> {to}: {time.time() - started:.1f} s")


def main(size):
    kb = random_kb(random.Random(7), size)
    with tempfile.TemporaryDirectory() as folder:
        spacy_dir, own_dir, back_dir = (f"{folder}/{name}" for name in ("spacy", "own", "back"))
        kb.to_disk(spacy_dir)
        convert(spacy_dir, own_dir, "spacy-kb", "kb")
        convert(own_dir, back_dir, "kb", "spacy-kb")
        back = InMemoryLookupKB(Vocab(), entity_vector_length=1)
        back.from_disk(back_dir)
        assert sorted(back.get_entity_strings()) == sorted(kb.get_entity_strings())
        assert sorted(back.get_alias_strings()) == sorted(kb.get_alias_strings())
        expected = content(kb, kb)
        found = content(back, kb)
        for key in expected:
            assert found[key] == expected[key], key
        same = Path(spacy_dir, "contents").read_bytes() == Path(back_dir, "contents").read_bytes()
    counts = {key: len(value) for key, value in expected.items() if key != "sizes"}
    print(f"spacy {spacy.__version__}: equal, {counts}; contents {'the same bytes' if same else 'other bytes'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
