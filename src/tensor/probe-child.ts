/** Started by probe.ts. */
import { answerParent } from "./backend-child.js";
import { measureBackend } from "./probe.js";

await answerParent(measureBackend);
