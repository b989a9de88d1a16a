"""`python training_step.py SHAPES`: times training steps of our model's sizes in TensorFlow, prints a line of JSON.

SHAPES is the JSON of `StepShapes`. Weighted means of word embeddings, an encoder of contexts and one of descriptions, the
classifier over candidates and NIL, cross-entropy, dropout, Keras's AdamW; one graph (`tf.function`) on one core. Every mention has the
mean number of candidates and words, so that nothing is padded; words are drawn after Zipf. What it lacks of our model: the
distance of sentences, cosines, the table of labels and types, and batches that are made anew each step.
"""

import json
import os
import resource
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy
import tensorflow as tf

WARM_UP = 30
STEPS = 200
DIFFERENT_BATCHES = 20
ADAM = {"learning_rate": 0.002, "weight_decay": 0.001, "global_clipnorm": 1.0}
NEAR_DECAY = 0.3
NIL_HIDDEN = 32


class Model(tf.Module):
    def __init__(self, s):
        def weight(*shape):
            return tf.Variable(tf.random.normal(shape, stddev=shape[0] ** -0.5))

        width = s["embeddingWidth"]
        row_width = s["typeWidth"] + 2 * s["descriptionWidth"] + 1 + s["features"]
        self.embeddings = weight(s["embeddings"], width)
        self.salience = weight(s["embeddings"], 1)
        self.context_encoder = weight(4 * width, s["contextWidth"])
        self.description_encoder = weight(width, s["descriptionWidth"])
        self.interaction = weight(s["contextWidth"], s["descriptionWidth"])
        self.hidden_context = weight(s["contextWidth"], s["hiddenWidth"])
        self.hidden_row = weight(row_width, s["hiddenWidth"])
        self.hidden_bias = tf.Variable(tf.zeros([s["hiddenWidth"]]))
        self.score = weight(s["hiddenWidth"], 1)
        self.skip = weight(s["features"], 1)
        self.nil_hidden = weight(s["contextWidth"] + s["features"], NIL_HIDDEN)
        self.nil_score = weight(NIL_HIDDEN, 1)
        self.unit_dropout, self.word_dropout = s["dropout"], s["wordDropout"]
        half = round(s["contextWords"] / 2)
        self.positions = tf.Variable(tf.zeros([2 * half]))
        self.near = tf.exp(-NEAR_DECAY * tf.range(half, dtype=tf.float32))

    def weights(self, words, biases=0.0):  # [N, T]
        kept = tf.cast(tf.random.uniform(tf.shape(words)) >= self.word_dropout, tf.float32)
        return kept * tf.exp(tf.squeeze(tf.gather(self.salience, words), 2) + biases)

    def mean(self, vectors, weights):  # [N, T, width], [N, T] -> [N, width]
        return tf.einsum("ntw,nt->nw", vectors, weights) / (tf.reduce_sum(weights, 1, keepdims=True) + 1e-6)

    def context(self, batch):  # [B, contextWidth]
        vectors, weights = tf.gather(self.embeddings, batch["context"]), self.weights(batch["context"], self.positions)
        left, right = tf.split(vectors, 2, axis=1)
        near_left, near_right = (self.near * half for half in tf.split(weights, 2, axis=1))
        means = [
            self.mean(vectors, weights),
            self.mean(left, near_left),
            self.mean(right, near_right),
            self.mean(tf.gather(self.embeddings, batch["document"]), self.weights(batch["document"])),
        ]
        return tf.nn.dropout(tf.tanh(tf.concat(means, 1) @ self.context_encoder), self.unit_dropout)

    def description(self, words):  # [R, descriptionWidth]
        means = self.mean(tf.gather(self.embeddings, words), self.weights(words))
        return tf.tanh(means @ self.description_encoder)

    def logits(self, batch):
        context, description = self.context(batch), self.description(batch["description"])
        product = tf.gather(context @ self.interaction, batch["mention"]) * description
        row = tf.concat([batch["type"], description, product, batch["prior"], batch["features"]], 1)
        of_context = tf.gather(context @ self.hidden_context, batch["mention"])
        hidden = tf.nn.gelu(of_context + row @ self.hidden_row + self.hidden_bias, approximate=True)
        scores = tf.nn.dropout(hidden, self.unit_dropout) @ self.score + batch["features"] @ self.skip  # [R, 1]
        best = tf.math.segment_max(batch["features"], batch["mention"])
        nil = tf.nn.relu(tf.concat([context, best], 1) @ self.nil_hidden) @ self.nil_score  # [B, 1]
        return tf.squeeze(scores, 1), tf.squeeze(nil, 1)

    def loss(self, batch):
        scores, nil = self.logits(batch)
        mentions = tf.size(nil)
        places = tf.concat([batch["mention"], tf.range(mentions)], 0)
        logits = tf.concat([scores, nil], 0)
        highest = tf.stop_gradient(tf.math.unsorted_segment_max(logits, places, mentions))
        shifted = tf.exp(logits - tf.gather(highest, places))
        total = tf.math.log(tf.math.unsorted_segment_sum(shifted, places, mentions)) + highest
        return tf.reduce_mean(total - tf.gather(logits, batch["gold"]))


def make_batch(s, random):
    mentions = s["batchSize"]
    rows = max(mentions, round(mentions * s["candidates"]))

    def words(count, length):
        ranks = s["embeddings"] ** random.random((count, max(1, round(length))))
        return tf.constant(ranks.astype("int32") - 1)

    def numbers(*shape):
        return tf.constant(random.normal(size=shape).astype("float32"))

    mention = numpy.sort(numpy.concatenate([numpy.arange(mentions), random.integers(mentions, size=rows - mentions)]))
    return {
        "context": words(mentions, 2 * round(s["contextWords"] / 2)),
        "document": words(mentions, s["documentWords"]),
        "description": words(rows, s["descriptionWords"]),
        "mention": tf.constant(mention, tf.int32),
        "gold": tf.constant(numpy.searchsorted(mention, numpy.arange(mentions)), tf.int32),
        "type": tf.one_hot(random.integers(s["typeWidth"], size=rows), s["typeWidth"]),
        "prior": numbers(rows, 1),
        "features": numbers(rows, s["features"]),
    }


def main(shapes):
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    random = numpy.random.default_rng(1)
    model = Model(shapes)
    optimizer = tf.keras.optimizers.AdamW(**ADAM)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(batch):
        with tf.GradientTape() as tape:
            loss = model.loss(batch)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    batches = [make_batch(shapes, random) for _ in range(DIFFERENT_BATCHES)]
    first = numpy.mean([float(step(batch)) for batch in batches])
    for number in range(WARM_UP):
        step(batches[number % DIFFERENT_BATCHES])
    started = time.process_time()
    for number in range(STEPS):
        step(batches[number % DIFFERENT_BATCHES])
    seconds = time.process_time() - started
    last = numpy.mean([float(step(batch)) for batch in batches])
    assert last < first, f"the loss went from {first} to {last}"
    print(
        json.dumps(
            {
                "version": tf.__version__,
                "perCpuSecond": STEPS * shapes["batchSize"] / seconds,
                "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


main(json.loads(sys.argv[1]))
