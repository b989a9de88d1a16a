/** Started by benchmark.ts. */
import { answerParent } from "../tensor/backend-child.js";
import { measureTraining } from "./benchmark.js";

await answerParent((name) => measureTraining(name));
