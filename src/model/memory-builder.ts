import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { NIL } from "../text/doc.js";
import type { DocumentView } from "./document-view.js";
import type { Mention } from "./mention.js";
import { type Surroundings, SurroundingsReader, surroundingsOf } from "./surroundings.js";
import type { MemoryColumns } from "./train-memory.js";

/** Contexts kept of a name. The same for all: whether a name has several answers may hang on one document's golds. */
const CONTEXTS_A_NAME = 60;
/** Words kept in all, three bytes each in the file: where there are many contexts, each keeps its most telling words. */
const WORDS = 800_000;

interface Context extends Surroundings {
  readonly pair: number;
  /** Training document; needed while training only. */
  readonly document: number;
}

/** Columns of a memory and, for training alone, the document that each context is from. */
export interface BuiltMemory {
  readonly columns: MemoryColumns;
  readonly contextDocument: Int32Array;
}

/** Collects what {@link TrainMemory} remembers. */
export class MemoryBuilder {
  private readonly names = new Map<string, number>();
  private readonly ids = new Map<string, number>();
  private readonly pairs = new Map<string, number>();
  private readonly pairName: number[] = [];
  private readonly pairId: number[] = [];
  private readonly pairCount: number[] = [];
  /** By name. */
  private readonly contexts: Context[][] = [];

  private readonly reader = new SurroundingsReader();

  constructor(private readonly kb: InMemoryLookupKB) {}

  add(view: DocumentView, mentions: readonly Mention[], document: number): void {
    for (const mention of mentions) {
      const { kbId } = mention.span;
      if (kbId === "") continue;
      const pair = this.pair(mention.key, this.kb.containsEntity(kbId) ? kbId : NIL);
      this.pairCount[pair] = (this.pairCount[pair] as number) + 1;
      const name = this.pairName[pair] as number;
      const context = { ...surroundingsOf(view, mention, this.reader), pair, document };
      const known = this.contexts[name];
      if (known) known.push(context);
      else this.contexts[name] = [context];
    }
  }

  build(): BuiltMemory {
    const whole = this.contexts.flatMap(spread);
    const limit = Math.floor(WORDS / Math.max(1, whole.length));
    const kept = whole.map((context) => mostTelling(context, limit));
    const wordStart = new Int32Array(kept.length + 1);
    kept.forEach(({ words }, i) => {
      wordStart[i + 1] = (wordStart[i] as number) + words.length;
    });
    return {
      columns: {
        names: [...this.names.keys()],
        ids: [...this.ids.keys()],
        pairName: Int32Array.from(this.pairName),
        pairId: Int32Array.from(this.pairId),
        pairCount: Int32Array.from(this.pairCount),
        contextPair: Int32Array.from(kept, ({ pair }) => pair),
        neighbours: Int32Array.from(kept.flatMap(({ neighbours }) => [...neighbours])),
        wordStart,
        words: Int32Array.from(kept.flatMap(({ words }) => words)),
        weights: Uint8Array.from(
          kept.flatMap(({ weights }) => weights.map((weight) => Math.round(255 * weight))),
        ),
      },
      contextDocument: Int32Array.from(kept, ({ document }) => document),
    };
  }

  private pair(name: string, id: string): number {
    const key = `${id}\t${name}`;
    let pair = this.pairs.get(key);
    if (pair === undefined) {
      pair = this.pairs.size;
      this.pairs.set(key, pair);
      this.pairName.push(placeOf(this.names, name));
      this.pairId.push(id === NIL ? -1 : placeOf(this.ids, id));
      this.pairCount.push(0);
    }
    return pair;
  }
}

/** The context with its most telling words alone. */
function mostTelling(context: Context, limit: number): Context {
  const { words, weights } = context;
  if (words.length <= limit) return context;
  const ranked = words.map((word, i) => ({ word, weight: weights[i] as number }));
  ranked.sort((a, b) => b.weight - a.weight || a.word - b.word);
  const kept = ranked.slice(0, limit);
  return { ...context, words: kept.map(({ word }) => word), weights: kept.map(({ weight }) => weight) };
}

/** Contexts evenly over the corpus, where there are too many. */
function spread(contexts: readonly Context[]): Context[] {
  if (contexts.length <= CONTEXTS_A_NAME) return [...contexts];
  return Array.from({ length: CONTEXTS_A_NAME }, (_, i) => {
    return contexts[Math.floor((i * contexts.length) / CONTEXTS_A_NAME)] as Context;
  });
}

function placeOf(places: Map<string, number>, key: string): number {
  let place = places.get(key);
  if (place === undefined) {
    place = places.size;
    places.set(key, place);
  }
  return place;
}
