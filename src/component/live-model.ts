import { linkwrightError } from "../errors.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { bindModel } from "../linker/bound-model.js";
import type { CandidateFinder } from "../linker/candidates.js";
import { candidateOptions, linkerOptions } from "../linker/config.js";
import { claimVectors, lacksVectors } from "../linker/entity-vectors.js";
import { Linker } from "../linker/linker.js";
import { architectureOf } from "../model/architecture.js";
import { candidateFinder } from "../plugins/candidate-finder.js";
import { type Functions, resolveFunctions } from "../plugins/functions.js";
import { type Backend, loadBackend, multiplierOf } from "../tensor/backend.js";
import { cloneWeights } from "../tensor/weights.js";
import type { Doc } from "../text/doc.js";
import { UNCALIBRATED } from "../training/calibrate.js";
import { readInit } from "../training/corpus.js";
import { type Averages, withAverages } from "../training/with-averages.js";
import { Learner } from "./learner.js";
import type { ComponentState, StoredParts, TrainedState } from "./stored-component.js";

/** The state of a component with what is made of it when it is needed, and dropped when the state changes. */
export class LiveModel {
  functions: Functions;
  private isAveraged = false;
  private learner: Learner | undefined;
  private linker: Linker | undefined;

  constructor(
    private current: ComponentState,
    private readonly name: string,
    private backend: Backend | undefined,
  ) {
    this.functions = resolveFunctions(current.functions);
  }

  get state(): ComponentState {
    return this.current;
  }

  setKb(kb: InMemoryLookupKB): void {
    this.current = { ...this.current, kb };
    this.linker = undefined;
  }

  /** Takes on another state whole, or throws and keeps the old one. */
  async replace(state: ComponentState): Promise<void> {
    const functions = resolveFunctions(state.functions);
    this.backend ??= await loadBackend(multiplierOf(state.config.training.backend));
    this.current = state;
    this.functions = functions;
    this.learner = undefined;
    this.linker = undefined;
  }

  /** Begins a model anew with annotated documents. @throws L305 its config names a backend that gives no gradients */
  async begin(docs: readonly Doc[]): Promise<void> {
    const { config, kb } = this.current;
    this.backend ??= await loadBackend(config.training.backend);
    const init = (await readInit(config.training.init))?.learned;
    const { backend, find } = { backend: this.backend, find: this.finder() };
    this.learner = Learner.begin({ name: this.name, config, kb, find, backend }, docs, init);
    const { learned } = this.learner;
    const calibration = architectureOf(learned.options).isCalibrated ? UNCALIBRATED : undefined;
    const model = { learned, calibration, evidence: undefined, about: {} };
    this.current = { ...this.current, model };
    this.linker = undefined;
  }

  finder(): CandidateFinder {
    return candidateFinder(this.current.config, this.functions, this.current.kb);
  }

  /** What trains. @throws E109, E139 */
  learnerFor(method: string): Learner {
    const { model, backend } = this.ready(method);
    const { config, kb } = this.current;
    if (!this.learner?.fits(kb)) {
      const place = { name: this.name, config, kb, find: this.finder(), backend };
      this.learner = Learner.goOn(place, model.learned, this.learner);
    }
    return this.learner;
  }

  /** What links. @throws E109, E139 */
  linkerFor(method: string): Linker {
    const { model, backend } = this.ready(method);
    const { config, kb } = this.current;
    const [candidates, options] = [candidateOptions(config), linkerOptions(config)];
    this.linker ??= new Linker({ ...model, kb, candidates, backend, options });
    return this.linker;
  }

  /**
   * To be called after weights moved. Entity vectors belong to one list of members: for a new one the linker encodes the
   * entities again. Nor does dev vouch for it any more.
   */
  weightsChanged(): void {
    const { model } = this.current;
    if (!model) return;
    const learned = { ...model.learned, members: [...model.learned.members] };
    this.current = { ...this.current, model: { ...model, learned, evidence: undefined } };
    this.linker = undefined;
  }

  /** Runs `fn` with averages in place of the weights. @throws E109 */
  withAverages<T>(averages: Averages, fn: () => T): T {
    const { model } = this.ready("useParams");
    const { members } = model.learned;
    if (this.isAveraged)
      throw linkwrightError("L410", { why: "it runs already: one has to end before the next begins" });
    if (averages.size > 0 && !members.every((weights) => averages.has(weights))) {
      throw linkwrightError("L410", { why: "these averages are of another model" });
    }
    this.isAveraged = true;
    this.weightsChanged();
    const swapped = this.current.model;
    return withAverages(members, averages, fn, () => {
      this.isAveraged = false;
      if (this.current.model === swapped) this.current = { ...this.current, model }; // unless another was read meanwhile
      this.linker = undefined;
    });
  }

  /** The state, each entity with its vector. @throws E109, E139 */
  toStore(method: string): TrainedState {
    const { model, backend } = this.ready(method);
    const { config, kb } = this.current;
    if (lacksVectors(kb, model.learned)) bindModel(model.learned, kb, linkerOptions(config), backend);
    // Updates may go on while it is written.
    const learned = { ...model.learned, members: model.learned.members.map(cloneWeights) };
    if (architectureOf(learned.options).encodesEntities) claimVectors(kb, learned);
    return { ...this.current, model: { ...model, learned } };
  }

  checkKb(): void {
    if (this.current.kb.isEmpty()) throw linkwrightError("E139", { name: this.name });
  }

  private ready(method: string): { model: StoredParts; backend: Backend } {
    const { backend } = this;
    const { model } = this.current;
    this.checkKb();
    if (!model || !backend) throw linkwrightError("E109", { name: this.name, method });
    return { model, backend };
  }
}
