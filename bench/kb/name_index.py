"""`python name_index.py ALIASES TYPOS MOST`: indexes names as spacy-ann-linker does, looks misspelt ones up, prints a line of JSON.

TF-IDF of character trigrams and nmslib's HNSW graph with spacy-ann-linker's settings, but on one thread. TYPOS has lines
{"typo", "name"}; these names are indexed, and the first of ALIASES, an aliases.jsonl, until there are MOST.
"""

import json
import os
import resource
import sys
import time
from itertools import chain, islice

import nmslib
import numpy
from sklearn.feature_extraction.text import TfidfVectorizer

NEIGHBOURS = 10
GRAPH = {"M": 100, "efConstruction": 2000, "post": 0, "indexThreadQty": 1}
SEARCH = {"efSearch": 200}


def read_lines(path):
    with open(path, encoding="utf8") as lines:
        yield from map(json.loads, lines)


def make_index(names):
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=2, dtype=numpy.float32)
    vectors = vectorizer.fit_transform(names)
    filled = numpy.flatnonzero(vectors.getnnz(axis=1))  # nmslib refuses empty vectors
    index = nmslib.init(method="hnsw", space="cosinesimil_sparse", data_type=nmslib.DataType.SPARSE_VECTOR)
    index.addDataPointBatch(vectors[filled])
    index.createIndex(GRAPH)
    index.setQueryTimeParams(SEARCH)
    return vectorizer, index, [names[row] for row in filled]


def look_up(typo, vectorizer, index, names):
    vector = vectorizer.transform([typo])
    if vector.nnz == 0:
        return []
    [(neighbours, _)] = index.knnQueryBatch(vector, k=NEIGHBOURS, num_threads=1)
    return [names[row] for row in neighbours]


def main(aliases, typos, most):
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    queries = list(read_lines(typos))
    wanted = [query["name"] for query in queries]
    others = (alias["alias"] for alias in read_lines(aliases))
    names = list(dict.fromkeys(chain(wanted, islice(others, most))))[:most]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    built = make_index(names)
    build_seconds = time.process_time() - started
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for query in queries[:100]:
        look_up(query["typo"], *built)
    found, times = 0, []
    started = time.process_time()
    for query in queries:
        before_look_up = time.perf_counter()
        similar = look_up(query["typo"], *built)
        times.append(time.perf_counter() - before_look_up)
        found += query["name"] in similar
    print(
        json.dumps(
            {
                "names": len(names),
                "buildCpuSeconds": build_seconds,
                "indexMb": (after - before) / 1024,
                "p50": 1e6 * float(numpy.median(times)),
                "meanCpu": 1e6 * (time.process_time() - started) / len(queries),
                "recallAt10": found / len(queries),
            }
        )
    )


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
