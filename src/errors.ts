export type ErrorCode = keyof typeof messages;
type Arguments<C extends ErrorCode> = Parameters<(typeof messages)[C]>[0];

/** An error that a caller can act on: `code` is stable, `message` is for people. */
export class LinkwrightError extends Error {
  override readonly name = "LinkwrightError";
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(`[${code}] ${message}`, options);
    this.code = code;
  }
}

/** The error of a code, its message filled in. */
export function linkwrightError<C extends ErrorCode>(
  code: C,
  args: Arguments<C>,
  cause?: unknown,
): LinkwrightError {
  const message = (messages[code] as (args: Arguments<C>) => string)(args);
  return new LinkwrightError(code, message, cause === undefined ? undefined : { cause });
}

/**
 * Every failure that linkwright reports: a code, and a message that says what was found, what was
 * expected, where, and what to do. A missing argument of a message does not compile.
 *
 * `E...` and `W...` are spaCy's own codes where spaCy has one; `L...` are ours:
 * L0xx any call, L1xx documents, L2xx knowledge base, L3xx backends, L4xx models, L5xx config and training,
 * L6xx server and command line, L7xx client, L80x and L81x MediaWiki, L82x and L83x raw text, L84x mentions, L85x apply.
 */
export const messages = {
  L001: (a: { call: string; found: string; known: readonly string[] }) =>
    `${a.call} found ${a.found} among its options. Expected an object with some of ${a.known.join(", ")}.`,
  // documents
  L100: (a: { file: string; why: string }) =>
    `Can't read documents from ${a.file}: ${a.why}. Give a JSONL file with one document a line, or "-" for stdin.`,
  L101: (a: { where: string; why: string }) =>
    `${a.where}: the line is not JSON (${a.why}). Expected one whole JSON object a line.`,
  L102: (a: { where: string; key: string; expected: string; found: string }) =>
    `${a.where}: ${a.key} must be ${a.expected}, found ${a.found}.`,
  L103: (a: { where: string; key: string; start: number; end: number; length: number }) =>
    `${a.where}: ${a.key} is ${a.start} to ${a.end}, but the text has offsets 0 to ${a.length} and a span at least one ` +
    "character. Offsets count UTF-16 code units, the end is exclusive.",
  L104: (a: { where: string; key: string; offset: number }) =>
    `${a.where}: ${a.key} cuts a character in two at offset ${a.offset}. Offsets count UTF-16 code units, as in ` +
    "JavaScript; offsets counted in code points, as in Python, have to be converted.",
  L105: (a: { where: string; key: string; other: string; range: string; otherRange: string }) =>
    `${a.where}: ${a.key} (${a.range}) and ${a.other} (${a.otherRange}) overlap. Leave one of them out.`,
  L106: (a: { file: string }) => `${a.file} has no documents. Expected JSONL with one document a line.`,
  L107: (a: { where: string }) => `${a.where}: the line is not UTF-8. Save the file as UTF-8.`,
  L108: (a: { path: string; why: string }) => `Can't write ${a.path}: ${a.why}.`,
  L120: (a: { where: string; key: string; start: number; end: number; length: number }) =>
    `${a.where}: ${a.key} is ${a.start} to ${a.end}, but the text has offsets 0 to ${a.length} and a span at least one ` +
    "character. Offsets count code points here, as in Python, the end is exclusive.",
  L121: (a: { file: string; line: string; whole: string }) =>
    `${a.file} is neither JSONL (its first line: ${a.line}) nor JSON (${a.whole}). Expected one whole JSON value a line, ` +
    "or one list of them.",
  L122: (a: { where: string; why: string }) =>
    `${a.where} is no DocBin of spaCy, or is damaged: ${a.why}. Copy the file again, or write it anew with ` +
    "DocBin.to_disk.",
  L123: (a: { where: string; ids: number; spans: number }) =>
    `${a.where}: found ${a.ids} accepted ids and ${a.spans} spans. Expected one of each, so that it is clear what is ` +
    "linked to what: give each span a record of its own.",
  L124: (a: { where: string; key: string; ids: readonly string[] }) =>
    `${a.where}: ${a.key} gives 1.0 to ${a.ids.join(", ")}. Expected at most one id with 1.0 and 0.0 for the others.`,
  L125: (a: { where: string; why: string }) => `${a.where} is not Turtle: ${a.why}`,
  L126: (a: { where: string; node: string; found: string; expected: string }) =>
    `${a.where}: ${a.node} has ${a.found}. Expected ${a.expected}.`,
  L127: (a: { where: string; found: number; limit: number }) =>
    `${a.where} has ${a.found} documents, ${a.limit} are allowed at a time.`,
  // knowledge base
  E132: (a: { alias: string; entities: number; priors: number }) =>
    `The alias ${JSON.stringify(a.alias)} has ${a.entities} entities and ${a.priors} probabilities. Expected one probability an entity.`,
  E133: (a: { alias: string; sum: number }) =>
    `The probabilities of the alias ${JSON.stringify(a.alias)} add to ${a.sum}. Expected at most 1: P(entity | alias).`,
  E134: (a: { alias: string; entity: string }) =>
    `The alias ${JSON.stringify(a.alias)} is given to the entity ${JSON.stringify(a.entity)}, which is not in the ` +
    "knowledge base. Add the entity before its aliases.",
  E140: (a: { ids: number; freqs: number; vectors: number }) =>
    `Found ${a.ids} entity ids, ${a.freqs} frequencies and ${a.vectors} vectors. Expected the same number of each.`,
  E141: (a: { found: number; expected: number }) =>
    `Found an entity vector of length ${a.found}. Expected ${a.expected}, the knowledge base's entityVectorLength.`,
  E145: (a: { path: string; why: string }) =>
    `${a.path} is no knowledge base of spaCy, or is damaged: ${a.why}. Copy the folder again, or write it anew with ` +
    "InMemoryLookupKB.to_disk.",
  E146: (a: { path: string; why: string }) =>
    `Can't write the knowledge base to ${a.path}: ${a.why}. What was there before is unchanged.`,
  E176: (a: { alias: string }) =>
    `The alias ${JSON.stringify(a.alias)} is not in the knowledge base, so that it can't be changed. Use addAlias.`,
  E890: (a: { alias: string }) =>
    `Found ${JSON.stringify(a.alias)} as an alias. Expected a string with at least one character.`,
  E928: (a: { path: string }) =>
    `${a.path} is a file. Expected a folder: a knowledge base is read and written as one.`,
  E929: (a: { path: string }) => `There is no knowledge base at ${a.path}: the path doesn't exist.`,
  E1045: (a: { parent: string; method: string; name: string }) =>
    `${a.name} extends ${a.parent} without a method ${a.method}. Give it one to use it.`,
  E1046: (a: { name: string }) =>
    `${a.name} is abstract. Extend it for a knowledge base of your own, or use InMemoryLookupKB.`,
  W017: (a: { alias: string }) =>
    `The alias ${JSON.stringify(a.alias)} is in the knowledge base already and stays as it is. Use appendAlias to add entities.`,
  W018: (a: { entity: string }) =>
    `The entity ${JSON.stringify(a.entity)} is in the knowledge base already and stays as it is.`,
  W024: (a: { entity: string; alias: string }) =>
    `The alias ${JSON.stringify(a.alias)} has the entity ${JSON.stringify(a.entity)} already; its probability stays as it is.`,
  L201: (a: { bytes: number; limit: number }) =>
    `The strings of one column take ${a.bytes} bytes of UTF-8. At most ${a.limit} fit: shorten the descriptions.`,
  L202: (a: { id: string }) =>
    `Found ${JSON.stringify(a.id)} as an entity's id. Expected a string with at least one character, and not "NIL", ` +
    "which stands for what is not in the knowledge base.",
  L203: (a: { entity: string; index: number; found: number }) =>
    `The vector of the entity ${JSON.stringify(a.entity)} has ${a.found} at place ${a.index}. Expected a finite number.`,
  L204: (a: { entity: string; freq: number }) =>
    `The frequency of the entity ${JSON.stringify(a.entity)} is ${a.freq}. Expected a finite number, 0 or more.`,
  L205: (a: { alias: string; prior: number }) =>
    `The alias ${JSON.stringify(a.alias)} has ${a.prior} as a probability. Expected a number from 0 to 1.`,
  L206: (a: { alias: string; entity: string }) =>
    `The alias ${JSON.stringify(a.alias)} has the entity ${JSON.stringify(a.entity)} twice. Add up its probabilities.`,
  L207: (a: { type: string; limit: number }) =>
    `The entity type ${JSON.stringify(a.type)} is one more than the ${a.limit} different types that there can be.`,
  L208: (a: { entity: string }) =>
    `The entity ${JSON.stringify(a.entity)} is not in the knowledge base, so that it can't be changed. Use addEntity.`,
  L209: (a: { found: unknown }) => `entityVectorLength is ${a.found}. Expected a whole number, 0 or more.`,
  L210: (a: { found: number; expected: string }) =>
    `Found ${a.found} bytes of a knowledge base, expected ${a.expected}: they were cut off, or others stand behind ` +
    "them. Make them anew with toBytes.",
  L211: (a: { where: string; found: string }) =>
    `${a.where} is not a linkwright knowledge base: ${a.found}. Make one with linkwright create-index.`,
  L212: (a: { where: string; found: string; expected: number }) =>
    `The knowledge base ${a.where} has version ${a.found} of the format, this linkwright reads version ${a.expected}. ` +
    "Make it anew with linkwright create-index.",
  L213: (a: { where: string; file: string }) =>
    `The knowledge base ${a.where} lacks its file ${a.file}. Copy the whole folder, or make it anew.`,
  L214: (a: { path: string; found: number; expected: number }) =>
    `${a.path} has ${a.found} bytes, but meta.json says ${a.expected}: it was cut off or replaced. Copy the folder again.`,
  L215: (a: { path: string; found: string; expected: string }) =>
    `${a.path} was altered: its sha256 is ${a.found}, but meta.json says ${a.expected}. Copy the folder again.`,
  L216: (a: { where: string; why: string }) =>
    `The meta.json of the knowledge base ${a.where} is damaged: ${a.why}. Copy the folder again.`,
  L217: (a: { where: string; why: string }) =>
    `The files of the knowledge base ${a.where} can't be read: ${a.why}. Make it anew with linkwright create-index.`,
  L218: (a: { path: string; found: string }) =>
    `${a.path} holds ${a.found}, which is not of a linkwright knowledge base and would be lost. Name an empty or a new folder.`,
  L219: (a: { path: string; found: string }) =>
    `${a.path} holds ${a.found}, which is not of a spaCy knowledge base and would be lost. Name an empty or a new folder.`,
  L220: (a: { found: string }) =>
    `Found ${a.found} as a mention. Expected its text: doc.text.slice(span.start, span.end).`,
  L221: (a: { path: string; why: string }) =>
    `Can't read ${a.path}: ${a.why}. Expected a folder with entities.jsonl and aliases.jsonl.`,
  L222: (a: { where: string; why: string }) =>
    `${a.where}: the line is not JSON (${a.why}). Expected one whole JSON object a line.`,
  L223: (a: { where: string; key: string; expected: string; found: string }) =>
    `${a.where}: ${a.key} must be ${a.expected}, found ${a.found}.`,
  L224: (a: { where: string; entity: string }) =>
    `${a.where}: the entity ${JSON.stringify(a.entity)} was there before. Expected each id once: leave one of them out.`,
  L225: (a: { path: string }) => `${a.path} is empty. Expected JSONL, one object a line.`,
  L226: (a: { where: string; alias: string }) =>
    `${a.where}: the alias ${JSON.stringify(a.alias)} has neither "probabilities" nor "counts". Expected one of them, ` +
    "with one number an entity.",
  L227: (a: { path: string; row: number; entities: number }) =>
    `${a.path}: the vectors of its entities ${a.row} to ${a.entities - 1} are numbered one too high, as spaCy's add_entity does ` +
    "after set_entities or from_disk; spaCy itself reads the next entity's vector for each, and an empty one for the " +
    "last. Give all entities to one set_entities, or to add_entity of a new knowledge base, and write that.",
  L230: (a: { where: string; block: number }) =>
    `The descriptions of the knowledge base (${a.where}, block ${a.block}) are not what they were when it was opened. Descriptions are ` +
    "read when they are asked for: leave the folder as it is while a process uses it, or open it anew.",
  // backends
  L301: (a: { name: string; expected: readonly string[] }) =>
    `Unknown backend ${JSON.stringify(a.name)}: expected one of ${a.expected.join(", ")}.`,
  L302: (a: { name: string; howToGet: string }) =>
    `The backend ${a.name} is not installed. To get it: ${a.howToGet}`,
  L303: (a: { name: string; reason: string }) =>
    `The backend ${a.name} is installed but does not work here: ${a.reason}. Use "auto" to take the next best; ` +
    "linkwright doctor tells what works.",
  L304: (a: { gigabytes: string; reason: string }) =>
    `A model's weights, gradients and moments come to ${a.gigabytes} GB in one memory, which can't be had: ${a.reason}. It ` +
    "holds 4 GB at most: take a smaller model.vocabulary_size, model.hash_buckets or model.embedding_width; or, where " +
    "optimizers are made by the hundred, keep one.",
  L305: (a: { expected: readonly string[] }) =>
    'The backend "webgpu" takes whole steps of a training; it does not link, nor does it hand out gradients, ' +
    "as a component's update() does: a single product takes less on wasm than the way to a GPU and back. " +
    `Name one of ${a.expected.join(", ")}.`,
  L306: (a: { reason: string }) =>
    `There is no memory for WebAssembly: ${a.reason}. Node reserves 10 GB of addresses for each that a thread has (one of ` +
    "TF.js, one of linkwright, one a model): raise the limit (ulimit -v), or start Node (20.15 or newer) with " +
    "--disable-wasm-trap-handler, for 4 GB each.",
  L307: (a: { architecture: string }) =>
    `webgpu trains the architecture "classifier"; this is "${a.architecture}": name another training.backend, such as "auto".`,
  L308: (a: { reason: string }) =>
    `The GPU failed: ${a.reason}. A smaller training.batch_size takes less of its memory; another training.backend needs ` +
    "none. A model folder keeps what was trained up to the end of its last epoch: --resume goes on there.",
  // models
  L401: (a: { where: string; found: string }) =>
    `${a.where} does not hold the weights of a linkwright model: found ${a.found}. Export or train the model anew.`,
  L402: (a: { path: string; why: string }) =>
    `${a.path} is not a linkwright model: ${a.why}. Expected a folder written by 'linkwright train' or 'export'.`,
  L403: (a: { file: string; found: string; expected: string }) =>
    `${a.file} was altered or cut short: its sha256 is ${a.found}, meta.json says ${a.expected}. Copy the model again.`,
  L404: (a: { path: string; found: string; expected: string }) =>
    `${a.path} was written in format ${a.found}, this linkwright reads ${a.expected}. Export the model anew, or install the linkwright that wrote it.`,
  L405: (a: { path: string }) =>
    `${a.path} exists and is no linkwright model: nothing was written. Name another folder, or empty this one.`,
  L406: (a: { path: string; why: string }) =>
    `Can't write the model ${a.path}: ${a.why}. Nothing was replaced.`,
  L407: (a: { where: string; why: string }) =>
    `${a.where} are not the bytes of a linkwright component, or were altered or cut short: ${a.why}. Copy them again, or write them anew with toBytes.`,
  L408: (a: { setting: string }) =>
    `The saved component has a function of yours as ${a.setting}, and functions are not saved. Give the constructor the same one, or register it and name it.`,
  L409: (a: { architecture: string; found: string; expected: number }) =>
    `The architecture ${JSON.stringify(a.architecture)} compares contexts with the entities' own vectors of length ${a.expected}, and found ${a.found} ` +
    'in the knowledge base. Give each entity a "vector" in entities.jsonl, or by addEntity(id, { vector }), and their ' +
    "length as model.entity_vector_length; the kb loader linkwright.DescribedKB.v1 makes vectors of length 64 out of descriptions.",
  // component
  L410: (a: { why: string }) =>
    `Can't run with averaged weights: ${a.why}. Give the averages of an optimizer that has moved this model.`,
  E109: (a: { name: string; method: string }) =>
    `${a.name}.${a.method} needs a model, and there is none yet. Call initialize(), or read one with fromDisk() or fromBytes().`,
  E139: (a: { name: string }) =>
    `The knowledge base of ${a.name} is empty. Give one with entities: setKb(loader), or initialize(getExamples, { kbLoader }).`,
  E147: (a: { name: string; method: string; found: string; expected: string }) =>
    `${a.name}.${a.method} found ${a.found} and expected ${a.expected}. Check the functions that give it candidates.`,
  E148: (a: { what: string; found: number; expected: number }) =>
    `Found ${a.found} ${a.what}, expected ${a.expected}. Give each mention of the documents its id or link, in their order.`,
  E149: (a: { where: string; weight: string; found: string; expected: string }) =>
    `${a.where} does not fit the component: the weight '${a.weight}' is ${a.found}, settings and vocabulary make it ${a.expected}. ` +
    'Use the settings and the vocabulary that it was saved with: leave "cfg" and "vocab" out of `exclude`.',
  E885: (a: { found: string }) =>
    `Found ${a.found} as the loader of a knowledge base. Expected a function that gives one: () => kb.`,
  E893: (a: { name: string; registry: string; known: readonly string[] }) =>
    `Found no function ${JSON.stringify(a.name)} in registry.${a.registry}. Expected one of ${a.known.join(", ")}, or one that ` +
    `was registered before: registry.${a.registry}.register(name, factory), on the command line in the file of --code.`,
  E923: (a: { name: string }) =>
    `${a.name} got no example to be initialised with. Expected getExamples() to give at least one.`,
  E930: (a: { name: string; found: string }) =>
    `${a.name}.initialize found ${a.found} as getExamples. Expected a function that gives examples: () => examples.`,
  E978: (a: { method: string; found: string }) =>
    `${a.method} found ${a.found} among its examples. Expected a list of { reference, predicted }, both a Doc.`,
  E1018: (a: { name: string; found: string; expected: string }) =>
    `${a.name} has no knowledge base: found ${a.found}. Expected the loader to give ${a.expected}.`,
  E1043: (a: { found: string }) => `Found ${a.found} as threshold. Expected null, or a number from 0 to 1.`,
  E1044: (a: { found: string }) =>
    `Found ${a.found} as candidatesBatchSize. Expected a whole number, 1 or more.`,
  // config and training
  L501: (a: { file: string; why: string }) => `Can't read the config ${a.file}: ${a.why}.`,
  L502: (a: { file: string; line: number; reason: string }) =>
    `${a.file}:${a.line} is not TOML: ${a.reason}.`,
  L503: (a: { where: string; key: string; problem: string }) => `${a.where}: ${a.key} ${a.problem}`,
  L504: (a: { key: string; path: string }) =>
    `${a.key}: there is no ${a.path}. Correct the path in the config, or give --${a.key} PATH.`,
  L505: (a: { path: string }) =>
    `${a.path} has no annotated mention: every ent's kb_id is missing or empty. Annotate ids, or "NIL" for what the knowledge base lacks.`,
  L506: (a: { path: string; example: string }) =>
    `${a.path}: none of the annotated kb_ids is in the knowledge base (the first is ${JSON.stringify(a.example)}). Do corpus and knowledge base belong together?`,
  L507: (a: { path: string; why: string }) =>
    `Can't go on from ${a.path}: ${a.why}. Train without --resume to start anew.`,
  L508: (a: { path: string }) =>
    `${a.path} holds nothing to train on: no mention has candidates and an answer. 'linkwright debug-data' shows why.`,
  L509: (a: { epoch: number; step: number }) =>
    `The loss is not a number any more (epoch ${a.epoch}, step ${a.step}). Lower training.learning_rate.`,
  L510: (a: { where: string; key: string; found: string; expected: string }) =>
    `${a.where}: ${a.key} is ${a.found}. Expected ${a.expected}.`,
  L511: (a: { why: string }) => `Can't choose a threshold by precision: ${a.why}.`,
  L512: (a: { key: string; found: number; expected: number }) =>
    `The model to start from has ${a.key} ${a.expected}, the config asks for ${a.found}. Make them the same, or leave training.init out.`,
  L513: (a: { init: string; why: string }) =>
    `training.init is ${JSON.stringify(a.init)}: ${a.why} Give "random", "base" or a model folder.`,
  L515: (a: { name: string; step: number }) =>
    `The loss of ${a.name} is not a number any more (update ${a.step}). Nothing was changed by it; lower the optimizer's learningRate.`,
  // functions and knowledge bases of your own
  L516: (a: { kb: string; candidate: string; why: string }) =>
    `${a.kb} gave the candidate ${a.candidate}: ${a.why}. Correct its getCandidates.`,
  L517: (a: { kb: string; mention: string; why: string }) =>
    `Asking ${a.kb} for the candidates of ${a.mention} failed: ${a.why}`,
  L518: (a: { kb: string }) =>
    `Can't find mentions by the names of ${a.kb}: it has no list of them. Mark the mentions in the documents (ents).`,
  L519: (a: { model: string; kb: string }) =>
    `${a.model} was trained with ${a.kb}, which has to be asked for candidates. In code use loadDocumentLinker(), on the ` +
    "command line link, apply or evaluate.",
  L520: (a: { path: string; why: string }) =>
    `Can't run the code ${a.path}: ${a.why}. Expected a JavaScript module that registers functions.`,
  // threads and files of a training
  L530: (a: { path: string; why: string }) =>
    `training.cache: can't write ${a.path}: ${a.why}. Give a folder that can be written, or leave the key out.`,
  L531: (a: { why: string }) =>
    `A thread that prepares documents has died: ${a.why}. If memory ran out, fewer training.workers need less.`,
  // server and command line
  L601: (a: { file: string; why: string }) =>
    `Can't take tokens from ${a.file}: ${a.why}. Expected one a line.`,
  L602: (a: { path: string }) => `${a.path} is there already and stays as it is. Name a folder without it.`,
  L603: (a: { host: string; port: number; why: string }) =>
    `Can't listen at ${a.host}, port ${a.port}: ${a.why}. Give another --host or --port; port 0 takes any free one.`,
  // client
  L701: (a: { url: string; why: string; tries: number }) =>
    `Can't reach ${a.url}: ${a.why} (${a.tries} ${a.tries === 1 ? "try" : "tries"}). Does 'linkwright serve' run there?`,
  L702: (a: { url: string; status: number; detail: string }) => `${a.url} answered ${a.status}: ${a.detail}`,
  L703: (a: { url: string; found: string; expected: string }) =>
    `${a.url} answered ${a.found}. Expected ${a.expected}: is it a linkwright server of this version?`,
  L704: (a: { url: string; seconds: number; tries: number }) =>
    `${a.url} did not answer in ${a.seconds} s (${a.tries} ${a.tries === 1 ? "try" : "tries"}). Send less at once, or raise timeoutMs.`,
  L705: (a: { found: string }) =>
    `Found ${a.found} as the url of a server. Expected one such as "http://127.0.0.1:8080", without query and fragment.`,
  // MediaWiki
  L801: (a: { found: string }) =>
    `Found ${a.found} as a wiki. Expected a language of Wikipedia such as "en", or as api an address such as ` +
    '"https://en.wikipedia.org/w/api.php".',
  L802: (a: { name: string; found: string; expected: string }) =>
    `Found ${a.found} as ${a.name}. Expected ${a.expected}.`,
  L803: (a: { mentions: string; host: string; why: string; tries: number; unasked: number }) =>
    `No candidates for ${a.mentions}: can't reach ${a.host}: ${a.why} (${triesOf(a)}). Ask again later; what was answered is kept.`,
  L804: (a: {
    mentions: string;
    host: string;
    status: number;
    detail: string;
    mayPass: boolean;
    tries: number;
    unasked: number;
  }) =>
    `No candidates for ${a.mentions}: ${a.host} answered ${a.status}: ${a.detail} (${triesOf(a)}). ${wayOutOf(a)}`,
  L805: (a: { mentions: string; host: string; seconds: number; tries: number; unasked: number }) =>
    `No candidates for ${a.mentions}: ${a.host} did not answer in ${a.seconds} s (${triesOf(a)}). Ask again later; in code ` +
    "timeoutMs is how long one try waits.",
  L806: (a: { mentions: string; host: string; found: string; api: string; tries: number; unasked: number }) =>
    `No candidates for ${a.mentions}: ${a.host} answered ${a.found} (${triesOf(a)}). Expected JSON of a MediaWiki: is ` +
    `${a.api} its api.php?`,
  L807: (a: {
    mentions: string;
    host: string;
    code: string;
    info: string;
    mayPass: boolean;
    tries: number;
    unasked: number;
  }) =>
    `No candidates for ${a.mentions}: the API of ${a.host} refuses with ${a.code}: ${a.info} (${triesOf(a)}). ` +
    (a.mayPass
      ? LATER
      : `${WHO_ASKS} For a limit or a setting that the wiki does not take, change that option.`),
  L808: (a: { mentions: string; host: string }) =>
    `No candidates for ${a.mentions}: the cache has no answer of ${a.host} that is young enough, and nobody is asked ` +
    "offline. Ask once without offline, with the same options and cache; in code maxAgeMs is how old answers may be.",
  L809: (a: { mentions: string; host: string; tries: number }) =>
    `No candidates for ${a.mentions}: ${a.host} has no texts of pages. Expected a MediaWiki with the extension TextExtracts.`,
  L810: (a: { mentions: string; host: string; seconds: number; limit: number }) =>
    `No candidates for ${a.mentions}: ${a.host} wants to be left alone for ${a.seconds} s, more than the ${a.limit} s that ` +
    "are waited (in code: maxWaitMs). Ask again then; what was answered is kept.",
  L811: (a: { folder: string; why: string }) =>
    `Can't use the cache ${a.folder}: ${a.why}. Name a folder that may be written and read, or one that is not there yet.`,
  // from raw text to links
  L821: (a: { scorer: string; packages: string; howToGet: string }) =>
    `${a.scorer} needs ${a.packages}, which is not installed. ${a.howToGet}`,
  L822: (a: { call: string }) =>
    `${a.call} found nothing to link to. Give a model or knowledge base, { model: "folder" }, or a source of ` +
    'candidates, { candidates: mediaWiki({ language: "en" }) }.',
  L823: (a: { text: string }) =>
    `Found nothing that finds the mentions of ${a.text}. Give them, link(text, { spans }), or a detector, createLinker({ detector }); ` +
    "or npm install compromise. A model or knowledge base finds its own names.",
  L824: (a: { mention: string; found: string; expected: string }) =>
    `The source of candidates answered ${a.found} for ${a.mention}. Expected ${a.expected}.`,
  L825: (a: { scorer: string; found: string; expected: string }) =>
    `The scorer ${a.scorer} gave ${a.found}. Expected ${a.expected}.`,
  L826: (a: { scorer: string; why: string }) => `${a.scorer} can't score: ${a.why}`,
  L827: (a: { found: string }) =>
    `Found ${a.found} as urls. Expected a template with the entity's id in it, such as "https://www.wikidata.org/wiki/{id}".`,
  L828: (a: { found: string }) =>
    `Can't render ${a.found}: its text is not known. Give what link() or linkAll() gave, or { text, links }.`,
  L829: (a: { mention: string; title: string }) =>
    `The scorer "prior" found no prior of ${JSON.stringify(a.title)} for ${JSON.stringify(a.mention)}. Give each pair its prior, 0 to 1.`,
  L830: (a: { found: string }) =>
    `createLinker() found ${a.found} for a knowledge base that has to be asked. Only one in memory gives candidates to another scorer; leave the scorer out.`,
  L831: (a: { file: string; why: string }) =>
    `Can't read the text of ${a.file}: ${a.why}. Give a file in UTF-8, or "-" for stdin.`,
  // mentions
  L841: (a: { name: string; install: string }) =>
    `The mention detector "${a.name}" needs the package ${a.name}, which is not installed. To get it: ${a.install}`,
  L842: (a: { detector: string }) =>
    `The model's mention detector is "${a.detector}", which takes the mentions that documents have. Expected one that finds ` +
    "them: set mentions.detector, or evaluate without --end-to-end.",
  // apply
  L851: (a: { what: string }) =>
    `--resume reads its documents again and goes on in a file, but ${a.what}. Give files, or leave --resume out.`,
  L852: (a: { folder: string; skipped: number }) =>
    `The folder ${a.folder} has no .txt and no .jsonl file; others in it: ${a.skipped}. Expected texts, or JSONL with one document a line.`,
  L853: (a: { path: string }) =>
    `${a.path} is a folder. Name a file: all documents go to one JSONL, in which those of .txt files have their path as id.`,
  L854: (a: { path: string; key: string; found: string; expected: string }) =>
    `Can't go on with ${a.path}: its ${a.key} was ${a.found}, now it is ${a.expected}. Give the same as then, or leave --resume out to begin anew.`,
  L855: (a: { path: string; difference: string }) =>
    `Can't go on with ${a.path}: the documents are not those that were linked then (${a.difference}). Give the same, or ` +
    "leave --resume out to begin anew.",
  L856: (a: { path: string; why: string }) =>
    `Can't go on with ${a.path}: ${a.why}. Leave --resume out to begin anew.`,
  L857: (a: { why: string }) =>
    `A thread that links has died: ${a.why}. If memory ran out, fewer --workers need less.`,
  L858: (a: { path: string }) =>
    `${a.path} was replaced or taken away meanwhile, as by another apply to the same file. Run one at a time.`,
  L859: (a: { path: string; folder: string; why: string }) =>
    `${a.path} is among the documents of the folder ${a.folder}, but can't be opened: ${a.why}. A link may lead nowhere: ` +
    "mend it or take it out; nothing was linked.",
} as const;

const LATER = "Ask again later; what was answered is kept.";
const WHO_ASKS =
  "Say who asks with an address to write to, userAgent or --user-agent; a wiki that wants a login takes it in headers.";

/** What to do about an answer of a wiki that is an error. */
function wayOutOf({ status, mayPass }: { status: number; mayPass: boolean }): string {
  if (mayPass) return LATER;
  return status === 401 || status === 403
    ? WHO_ASKS
    : "Is that the wiki, and its api.php where you gave one?";
}

/** @param unasked mentions of the message that were not asked for any more, as too many before them had failed */
function triesOf({ tries, unasked }: { tries: number; unasked: number }): string {
  if (tries === 0) return "not asked any more, as others failed before";
  const times = `${tries} ${tries === 1 ? "try" : "tries"}`;
  return unasked === 0 ? times : `${times}; ${unasked} of these not asked any more`;
}
