import { linkwrightError } from "../errors.js";
import type { Weights } from "../tensor/weights.js";
import { hiddenRowLayout, nilHiddenLayout, type RowLayout } from "./classifier-shapes.js";
import { featureColumns } from "./features/groups.js";
import type { FeatureScaling } from "./mention-table.js";
import type { ModelOptions } from "./options.js";
import type { Vocabulary } from "./vocabulary.js";

/** What the places of a model's weights mean: words, features, entity types, mention labels. */
export interface WeightMeaning {
  readonly options: ModelOptions;
  readonly vocabulary: Vocabulary;
  /** Names in the order of their codes; others share the code typeWidth - 1. */
  readonly labels: readonly string[];
  readonly types: readonly string[];
}

/** A trained model that another one starts from. */
export interface TransferSource extends WeightMeaning {
  readonly members: readonly Weights[];
  readonly scaling: FeatureScaling;
}

const NOT_THERE = -1;
/** Widths that two models must share. */
const WIDTHS = [
  "contextWidth",
  "typeWidth",
  "entityVectorLength",
  "embeddingWidth",
  "hiddenWidth",
  "contextTokens",
] as const satisfies readonly (keyof ModelOptions)[];

/**
 * Moves starting weights towards a trained model's, in place: place for place by what the places mean, (1 - share) x
 * own + share x the other's. What the other model does not have stays as it is. Of a model of several members each
 * seed takes another.
 * @throws L512 models of different widths
 */
export function transferWeights(
  weights: Weights,
  meaning: WeightMeaning,
  {
    source,
    share,
    seed = 0,
  }: { readonly source: TransferSource; readonly share: number; readonly seed?: number },
): void {
  checkWidths(meaning.options, source.options);
  const given = source.members[seed % source.members.length];
  for (const [name, { shape, values }] of weights) {
    const other = given?.get(name);
    if (!other) continue;
    const rows = shape[0] ?? 1;
    const width = values.length / rows;
    const sourceRow = rowMap(name, meaning, source);
    for (let row = 0; row < rows; row++) {
      const from = sourceRow(row);
      if (from === NOT_THERE) continue;
      for (let i = 0; i < width; i++) {
        const at = row * width + i;
        values[at] = mix(values[at] as number, other.values[from * width + i] as number, share);
      }
    }
  }
}

/** @throws L512 models of different widths */
export function checkWidths(ours: ModelOptions, source: ModelOptions): void {
  for (const key of WIDTHS) {
    const [found, expected] = [ours[key], source[key]];
    const setting = `model.${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    if (found !== expected) throw linkwrightError("L512", { key: setting, found, expected });
  }
}

/** Moves a scaling of features towards a trained model's, feature by feature. */
export function transferScaling(
  { mean, scale }: FeatureScaling,
  { options }: Pick<WeightMeaning, "options">,
  { source, share }: { readonly source: TransferSource; readonly share: number },
): FeatureScaling {
  const sourceColumn = columnMap(options, source.options);
  const mixed = (own: Float32Array, other: Float32Array): Float32Array =>
    own.map((value, column) => {
      const from = sourceColumn(column);
      return from === NOT_THERE ? value : mix(value, other[from] as number, share);
    });
  return { mean: mixed(mean, source.scaling.mean), scale: mixed(scale, source.scaling.scale) };
}

const mix = (own: number, other: number, share: number): number => own + share * (other - own);

/** The row of the source's weight that means the same as a row of ours. */
type RowMap = (row: number) => number;
const same: RowMap = (row) => row;

function rowMap(name: string, ours: WeightMeaning, source: WeightMeaning): RowMap {
  const { typeWidth } = ours.options;
  const typeRow = codeMap(ours.types, source.types, typeWidth);
  const labelRow = codeMap(ours.labels, source.labels, typeWidth);
  const sections: Readonly<Record<string, RowMap>> = {
    types: typeRow,
    labels: labelRow,
    features: columnMap(ours.options, source.options),
  };
  if (name === "embeddings" || name === "salience") return wordMap(ours.vocabulary, source.vocabulary);
  if (name === "skip_features") return columnMap(ours.options, source.options);
  if (name === "hidden_row")
    return layoutMap(hiddenRowLayout(ours.options), hiddenRowLayout(source.options), sections);
  if (name === "nil_hidden")
    return layoutMap(nilHiddenLayout(ours.options), nilHiddenLayout(source.options), sections);
  if (name === "label_types")
    return (at) => labelRow(Math.floor(at / typeWidth)) * typeWidth + typeRow(at % typeWidth);
  return same;
}

/** Sections of the same name, in whatever order and at whatever place. */
function layoutMap(ours: RowLayout, theirs: RowLayout, maps: Readonly<Record<string, RowMap>>): RowMap {
  const rows: number[] = [];
  for (const [name, width] of ours) {
    const start = theirs
      .slice(
        0,
        theirs.findIndex(([other]) => other === name),
      )
      .reduce((sum, [, w]) => sum + w, 0);
    const isThere = theirs.some(([other]) => other === name);
    const map = maps[name] ?? same;
    for (let row = 0; row < width; row++) {
      const from = isThere ? map(row) : NOT_THERE;
      rows.push(from === NOT_THERE ? NOT_THERE : start + from);
    }
  }
  return (row) => rows[row] ?? NOT_THERE;
}

function columnMap(ours: ModelOptions, theirs: ModelOptions): RowMap {
  const names = featureColumns(theirs.features, theirs.relativeFeatures).map(({ name }) => name);
  const columns = featureColumns(ours.features, ours.relativeFeatures).map(({ name }) => names.indexOf(name));
  return (column) => columns[column] ?? NOT_THERE;
}

/** A name that the other does not know counts there as any other. */
function codeMap(ours: readonly string[], theirs: readonly string[], width: number): RowMap {
  return (code) => {
    const name = ours[code];
    const other = name === undefined ? -1 : theirs.indexOf(name);
    return other < 0 ? width - 1 : other;
  };
}

/** Padding, words with an embedding of their own, hash buckets. */
function wordMap(ours: Vocabulary, theirs: Vocabulary): RowMap {
  return (row) => {
    if (row === 0) return 0;
    if (row > ours.size) {
      return ours.hashBuckets === theirs.hashBuckets ? 1 + theirs.size + (row - 1 - ours.size) : NOT_THERE;
    }
    const other = theirs.index.get(ours.words[row - 1] as string);
    return other === undefined || other >= theirs.size ? NOT_THERE : 1 + other;
  };
}
