import { knownBackend } from "../known-backend.js";
import { changesOf, type LinkArguments } from "../link-options.js";
import { say } from "../progress.js";
import type { Links, LinksOptions } from "./links.js";
import { Threads } from "./threads.js";

/** Links in threads, which load their code while this one loads what reads the model, and reads it. */
export async function linksInThreads(
  { model: path, backend: asked, code, ...decide }: LinkArguments,
  { workers, hash: isHashed, candidates, detect, output }: LinksOptions,
): Promise<Links> {
  const backend = knownBackend(asked);
  const options = { candidates, detect, output };
  const threads = new Threads({ backend, changes: changesOf(decide), code, options }, workers);
  try {
    const { modelToShare } = await import("./model-to-share.js");
    const { model, hash } = await modelToShare(path, { backend, hash: isHashed });
    const linker = await threads.open(model);
    if (linker.promise !== undefined) say(linker.promise);
    return {
      about: { backend: linker.backend, model: hash },
      link: (batch) => threads.link(batch),
      close: () => threads.close(),
    };
  } catch (error) {
    await threads.close();
    throw error;
  }
}
