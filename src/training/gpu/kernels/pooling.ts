/**
 * Means of words, as `model/pooling` has them. Of a mention there are five: of all its context, what is left and right of it,
 * its document, and what is near on both sides; after those of all mentions stands one of each entity.
 */
import { byLanes, columnSums, each, type Kernel, withFunctions } from "../kernel.js";
import { MEANS } from "../scratch.js";

/** The words of a mean, and the means of a word. */
const WORDS = `
struct List { begin: u32, end: u32, is_near: bool }

fn list_of(mean: u32) -> List {
  let contexts = step.mentions * 2 * REACH;
  if (mean >= PARTS * step.mentions) {
    let begin = contexts + step.mentions * DOCUMENT_WORDS + (mean - PARTS * step.mentions) * DESCRIPTION_WORDS;
    return List(begin, begin + DESCRIPTION_WORDS, false);
  }
  let mention = mean / PARTS;
  let part = mean % PARTS;
  let begin = mention * 2 * REACH;
  switch (part) {
    case DOCUMENT: {
      let first = contexts + mention * DOCUMENT_WORDS;
      return List(first, first + DOCUMENT_WORDS, false);
    }
    case LEFT: { return List(begin, begin + REACH, true); }
    case RIGHT: { return List(begin + REACH, begin + 2 * REACH, true); }
    default: { return List(begin, begin + 2 * REACH, part == NEAR); }
  }
}

fn weight_in(list: List, word: u32) -> f32 {
  if (list.is_near) { return near[word]; }
  return weight[word];
}

/** The means that a word has a part in, three at most, and its weight in each. */
struct Parts { means: vec3u, weights: vec3f }

fn parts_of(word: u32) -> Parts {
  let contexts = step.mentions * 2 * REACH;
  let documents = contexts + step.mentions * DOCUMENT_WORDS;
  if (word < contexts) {
    let side = 1 + (word % (2 * REACH)) / REACH;
    return Parts(PARTS * (word / (2 * REACH)) + vec3u(ALL, side, NEAR), vec3f(weight[word], near[word], near[word]));
  }
  var mean = PARTS * step.mentions + (word - documents) / DESCRIPTION_WORDS;
  if (word < documents) { mean = PARTS * ((word - contexts) / DOCUMENT_WORDS) + DOCUMENT; }
  return Parts(vec3u(mean), vec3f(weight[word], 0, 0));
}

/** Number j of the gradient of a word's embedding. */
fn pull(word: u32, j: u32) -> f32 {
  let parts = parts_of(word);
  let at = parts.means * EMBEDDING + j;
  return dot(parts.weights, vec3f(direction[at.x], direction[at.y], direction[at.z]));
}
`;

const withWords = (kernel: Kernel): Kernel => withFunctions(WORDS, kernel);

export const POOLING_FORWARD: readonly Kernel[] = [
  each(
    "weigh words",
    "words",
    `
  let row = word_rows[i];
  var log_weight = clamp(salience[row], LOWEST_LOG_WEIGHT, HIGHEST_LOG_WEIGHT);
  let is_word = row > 0;
  if (i < step.mentions * 2 * REACH) {
    let column = i % (2 * REACH);
    log_weight += position[column] + sentence[distances[i]];
    near[i] = select(0.0, exp(log_weight - NEAR_DECAY * f32(column % REACH)), is_word);
  }
  weight[i] = select(0.0, exp(log_weight), is_word);`,
  ),
  byLanes(
    "means",
    MEANS,
    `
  let list = list_of(i);
  var sum_of_weights = MEAN_EPSILON;
  for (var word = list.begin; word < list.end; word++) { sum_of_weights += weight_in(list, word); }
  var square = 0.0;
  for (var j = lane; j < EMBEDDING; j += LANES) {
    var sum = 0.0;
    for (var word = list.begin; word < list.end; word++) {
      sum += weight_in(list, word) * embeddings[word_rows[word] * EMBEDDING + j];
    }
    let mean = sum / sum_of_weights;
    means[i * EMBEDDING + j] = mean;
    square += mean * mean;
  }
  let length = sqrt(total(vec4f(square), lane).x + UNIT_EPSILON);
  if (lane == 0) {
    weight_sums[i] = sum_of_weights;
    lengths[i] = length;
  }`,
  ),
].map(withWords);

export const POOLING_BACKWARD: readonly Kernel[] = [
  byLanes(
    "directions of means",
    MEANS,
    `
  var along = 0.0;
  for (var j = lane; j < EMBEDDING; j += LANES) {
    let at = i * EMBEDDING + j;
    let number = on_means[at] / weight_sums[i];
    direction[at] = number;
    along += number * means[at];
  }
  along = total(vec4f(along), lane).x;
  if (lane == 0) { base[i] = along; }`,
  ),
  byLanes(
    "gradients of words' weights",
    "words",
    `
  if (word_rows[i] == 0) {
    if (lane == 0) { on_log_weight[i] = 0.0; }
    return;
  }
  let parts = parts_of(i);
  var along = vec3f();
  for (var j = lane; j < EMBEDDING; j += LANES) {
    let at = parts.means * EMBEDDING + j;
    along += embeddings[word_rows[i] * EMBEDDING + j] * vec3f(direction[at.x], direction[at.y], direction[at.z]);
  }
  along = total(vec4f(along, 0), lane).xyz;
  let bases = vec3f(base[parts.means.x], base[parts.means.y], base[parts.means.z]);
  if (lane == 0) { on_log_weight[i] = dot(parts.weights, along - bases); }`,
  ),
  // A frequent word stands in a batch a thousand times: its gradient is summed in chunks, then over those.
  byLanes(
    "gradients of chunks of a word",
    "chunks",
    `
  for (var j = lane; j < EMBEDDING; j += LANES) {
    var sum = 0.0;
    for (var at = chunk_starts[i]; at < chunk_starts[i + 1]; at++) { sum += pull(occurrences[at], j); }
    chunk_sums[i * (EMBEDDING + 1) + j] = sum;
  }
  if (lane == 0) {
    var sum = 0.0;
    for (var at = chunk_starts[i]; at < chunk_starts[i + 1]; at++) { sum += on_log_weight[occurrences[at]]; }
    chunk_sums[i * (EMBEDDING + 1) + EMBEDDING] = sum;
  }`,
  ),
  byLanes(
    "gradients of words",
    "touched",
    `
  let row = touched_rows[i];
  for (var j = lane; j <= EMBEDDING; j += LANES) {
    var sum = 0.0;
    for (var chunk = row_chunks[i]; chunk < row_chunks[i + 1]; chunk++) { sum += chunk_sums[chunk * (EMBEDDING + 1) + j]; }
    if (j < EMBEDDING) {
      grad_embeddings[row * EMBEDDING + j] = sum;
    } else {
      let is_free = salience[row] > LOWEST_LOG_WEIGHT && salience[row] < HIGHEST_LOG_WEIGHT;
      grad_salience[row] = select(0.0, sum, is_free);
    }
  }`,
  ),
  columnSums("gradients of positions", {
    rows: "mentions",
    columns: "2 * REACH",
    element: "on_log_weight[i * 2 * REACH + j]",
    to: "grad_position[j]",
  }),
  columnSums("gradients of sentences", {
    rows: "mentions * 2 * REACH",
    columns: "SENTENCES",
    element: "select(0.0, on_log_weight[i], distances[i] == j)",
    to: "grad_sentence[j]",
  }),
].map(withWords);
