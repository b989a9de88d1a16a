"""
Writes test/golden/cross-encoder: a cross-encoder of some hundred random weights in the files that Hugging Face's have,
and golden.json with what onnxruntime and tokenizers, both in Python, make of some pairs.

    pip install onnx onnxruntime tokenizers numpy
    python scripts/make_cross_encoder.py
"""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import WordPiece

FOLDER = Path(__file__).parent.parent / "test" / "golden" / "cross-encoder"
WIDTH = 12
POSITIONS = 64
WORDS = "the a of in and is was city company fruit river tree apple paris france phone ##s ##ed ##ing ##er ##ly".split()
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = [c for c in "abcdefghijklmnopqrstuvwxyz0123456789.,:;!?()-'"]
PAIRS = [
    ("The apple fell in the city", "Apple: company of phones"),
    ("The apple fell in the city", "Apple: fruit of a tree"),
    ("Paris", "Paris: city in France"),
    ("PARIS, in Zürich and 東京", "Zürich: a city; München is another"),
    ("", "Paris: city in France"),
    ("short", "a long text of the river and the city " * 6),
    ("a long context of the river and the city " * 6, "short"),
    ("both are long, the river and the city " * 4, "and the tree and the fruit of the tree " * 4),
    ("both are long, the river and the city, " * 4, "so is this: the fruit " * 5),
]
MAX_LENGTHS = [512, 32, 17, 16, 7]


def make_tokenizer():
    tokens = dict.fromkeys(SPECIAL + LETTERS + ["##" + c for c in LETTERS] + WORDS)
    vocab = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(WordPiece(vocab, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])],
    )
    return tokenizer, len(vocab)


def make_model(vocabulary_size):
    """One head of attention over words, places and types; the logit reads the first token, as BERT's does."""
    random = np.random.default_rng(7)
    weights = {
        "words": random.normal(0, 1, (vocabulary_size, WIDTH)),
        "positions": random.normal(0, 0.5, (POSITIONS * 8, WIDTH)),
        "types": random.normal(0, 1, (2, WIDTH)),
        "head": random.normal(0, 1, (WIDTH, 1)),
        "scale": np.array(WIDTH**-0.5),
        "one": np.array(1.0),
        "far": np.array(-10000.0),
        "bias": np.array([0.25]),
    }
    initial = [numpy_helper.from_array(np.asarray(v, np.float32), k) for k, v in weights.items()]
    whole = {"axis1": [1], "first": 0, "zero": 0, "step": 1, "place1": 1}
    initial += [numpy_helper.from_array(np.asarray(v, np.int64), k) for k, v in whole.items()]
    node = helper.make_node
    nodes = [
        node("Shape", ["input_ids"], ["shape"]),
        node("Gather", ["shape", "place1"], ["length"], axis=0),
        node("Range", ["zero", "length", "step"], ["places"]),
        node("Gather", ["words", "input_ids"], ["word"]),
        node("Gather", ["positions", "places"], ["position"]),
        node("Gather", ["types", "token_type_ids"], ["type"]),
        node("Add", ["word", "position"], ["placed"]),
        node("Add", ["placed", "type"], ["x"]),
        node("Transpose", ["x"], ["xt"], perm=[0, 2, 1]),
        node("MatMul", ["x", "xt"], ["products"]),
        node("Mul", ["products", "scale"], ["scaled"]),
        node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        node("Sub", ["one", "mask"], ["absent"]),
        node("Mul", ["absent", "far"], ["penalty"]),
        node("Unsqueeze", ["penalty", "axis1"], ["penalties"]),
        node("Add", ["scaled", "penalties"], ["masked"]),
        node("Softmax", ["masked"], ["attention"], axis=2),
        node("MatMul", ["attention", "x"], ["read"]),
        node("Gather", ["read", "first"], ["pooled"], axis=1),
        node("Tanh", ["pooled"], ["squashed"]),
        node("MatMul", ["squashed", "head"], ["score"]),
        node("Add", ["score", "bias"], ["logits"]),
    ]
    tensor = helper.make_tensor_value_info
    inputs = [tensor(n, TensorProto.INT64, ["b", "n"]) for n in ("input_ids", "attention_mask", "token_type_ids")]
    graph = helper.make_graph(nodes, "tiny", inputs, [tensor("logits", TensorProto.FLOAT, ["b", 1])], initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def logit_of(session, tokenizer, pair, max_length):
    tokenizer.enable_truncation(max_length, strategy="longest_first")
    encoding = tokenizer.encode(*pair)
    batch = {
        "input_ids": [encoding.ids],
        "attention_mask": [encoding.attention_mask],
        "token_type_ids": [encoding.type_ids],
    }
    logits = session.run(["logits"], {k: np.asarray(v, np.int64) for k, v in batch.items()})[0]
    return {"max_length": max_length, "ids": encoding.ids, "type_ids": encoding.type_ids, "logit": float(logits[0, 0])}


def main():
    (FOLDER / "onnx").mkdir(parents=True, exist_ok=True)
    tokenizer, vocabulary_size = make_tokenizer()
    tokenizer.save(str(FOLDER / "tokenizer.json"), pretty=False)
    config = {
        "model_type": "bert",
        "architectures": ["BertForSequenceClassification"],
        "hidden_size": WIDTH,
        "num_labels": 1,
        "id2label": {"0": "LABEL_0"},
        "pad_token_id": 0,
        "vocab_size": vocabulary_size,
    }
    (FOLDER / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    tokenizer_config = {
        "tokenizer_class": "BertTokenizer",
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
        "mask_token": "[MASK]",
        "do_lower_case": True,
        "model_max_length": 512,
    }
    (FOLDER / "tokenizer_config.json").write_text(json.dumps(tokenizer_config, indent=1) + "\n")
    onnx.save(make_model(vocabulary_size), str(FOLDER / "onnx" / "model.onnx"))
    session = onnxruntime.InferenceSession(str(FOLDER / "onnx" / "model.onnx"))
    golden = [
        {"context": a, "text": b, "expected": [logit_of(session, tokenizer, (a, b), n) for n in MAX_LENGTHS]}
        for a, b in PAIRS
    ]
    (FOLDER / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
