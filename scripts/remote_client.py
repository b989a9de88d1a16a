"""What spacy-ann-linker's own RemoteAnnLinker makes of some texts; scripts/remote-client.ts runs it and compares.

    python remote_client.py TASK.json > RESULT.json

The task: {"url", "texts", "names"}. The names are found by an EntityRuler, as any recogniser's mentions would be.
"""

import json
import sys

import spacy
import spacy_ann
from spacy.pipeline import EntityRuler


def pipeline(names, base_url, **config):
    nlp = spacy.blank("en")
    nlp.add_pipe(nlp.create_pipe("sentencizer"))
    ruler = EntityRuler(nlp)
    ruler.add_patterns([{"label": "NAME", "pattern": name} for name in names])
    nlp.add_pipe(ruler)
    nlp.add_pipe(nlp.create_pipe("remote_ann_linker", {"base_url": base_url, **config}))
    return nlp


def ents(doc):
    return [
        {"text": e.text, "start": e.start_char, "end": e.end_char, "label": e.label_, "id": e.kb_id_}
        for e in doc.ents
    ]


def error_of(nlp, text):
    try:
        nlp(text)
    except Exception as error:
        return type(error).__name__
    return None


def main(task):
    url, texts, names = task["url"], task["texts"], task["names"]
    nlp = pipeline(names, url)
    links = {
        "call": [ents(nlp(text)) for text in texts],
        "pipe": [ents(doc) for doc in nlp.pipe(texts)],
        "small batches": [ents(doc) for doc in nlp.pipe(texts, batch_size=7)],
        "trailing slash": [ents(doc) for doc in pipeline(names, url + "/").pipe(texts[:20])],
        "headers": [ents(doc) for doc in pipeline(names, url, headers={"api-key": "k"}).pipe(texts[:20])],
    }
    wrong = {"no route": url + "/nowhere", "bad query": url + "?similarity_threshold=7"}
    errors = {what: error_of(pipeline(names, at), texts[1]) for what, at in wrong.items()}
    versions = {"spacy": spacy.__version__, "spacy-ann-linker": spacy_ann.__version__}
    json.dump({"versions": versions, "links": links, "errors": errors}, sys.stdout)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        main(json.load(file))
