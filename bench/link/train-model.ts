/** `node train-model.js CORPUS MODEL`: trains one epoch, for a model to link with. */
import { train } from "../../src/training/train.js";
import { type Corpus, configOf } from "../corpora/corpora.js";

const [corpus = "", output = ""] = process.argv.slice(2);
await train(configOf(JSON.parse(corpus) as Corpus, { "training.max_epochs": 1 }), { output });
