import { linkingBackend } from "../../tensor/backend.js";
import { changesOf, type LinkArguments } from "../link-options.js";
import { Crew } from "./crew.js";
import { LinkThread } from "./link-thread.js";
import type { Links, LinksOptions } from "./links.js";

/** Links in this thread and in others, which load their code while this one reads the model that they share. */
export async function linksInThreads(given: LinkArguments, options: LinksOptions): Promise<Links> {
  const { model: _model, backend, code, ...decide } = given;
  const { workers, candidates, detect, output } = options;
  const data = {
    backend: linkingBackend(backend),
    changes: changesOf(decide),
    code,
    options: { candidates, detect, output },
  };
  const threads = Array.from({ length: workers - 1 }, () => new LinkThread(data));
  const end = async (): Promise<void> => {
    await Promise.all(threads.map((thread) => thread.close()));
  };
  try {
    const { linksHere } = await import("./links-here.js");
    const { shareModel, sharedBundle } = await import("../../server/shared-model.js");
    const here = await linksHere(given, options, async (bundle) => {
      const model = await shareModel(bundle, data.backend);
      for (const thread of threads) thread.open(model);
      return sharedBundle(bundle, model);
    });
    const crew = new Crew(threads, here.link);
    const close = (): Promise<void> => {
      crew.stop();
      return end();
    };
    return { about: here.about, link: (batch) => crew.link(batch), close };
  } catch (error) {
    await end();
    throw error;
  }
}
