/** `node train-model.js FOLDER CANDIDATES MODEL`: trains one epoch, for a model to link with. */
import { train } from "../../src/training/train.js";
import { configOf, corpusOf } from "../corpora/corpora.js";

const [folder = "", candidates = "", output = ""] = process.argv.slice(2);
await train(configOf(corpusOf(folder, Number(candidates)), { "training.max_epochs": 1 }), { output });
