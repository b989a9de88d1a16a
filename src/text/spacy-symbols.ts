const numbered = (name: string, from: number, to: number, digits: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${name}${String(from + i).padStart(digits, "0")}`);

const names = (list: string): string[] => list.trim().split(/\s+/);

/**
 * The strings that spaCy 3 gives a number of their own instead of a hash (`spacy.symbols.NAMES`): a string's id is its
 * index here. Labels are among them, such as PERSON, ORG and GPE, and any word of a text may be, such as "num" or "X".
 */
export const SPACY_SYMBOLS: readonly string[] = [
  "",
  ...names(`IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_PUNCT IS_SPACE IS_TITLE IS_UPPER LIKE_URL LIKE_NUM LIKE_EMAIL IS_STOP
    IS_OOV_DEPRECATED IS_BRACKET IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_CURRENCY`),
  ...numbered("FLAG", 19, 63, 2),
  ...names(`ID ORTH LOWER NORM SHAPE PREFIX SUFFIX LENGTH CLUSTER LEMMA POS TAG DEP ENT_IOB ENT_TYPE HEAD SENT_START
    SPACY PROB LANG ADJ ADP ADV AUX CONJ CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X EOL SPACE`),
  ...numbered("DEPRECATED", 1, 276, 3),
  ...names(`PERSON NORP FACILITY ORG GPE LOC PRODUCT EVENT WORK_OF_ART LANGUAGE LAW DATE TIME PERCENT MONEY QUANTITY
    ORDINAL CARDINAL acomp advcl advmod agent amod appos attr aux auxpass cc ccomp complm conj cop csubj csubjpass dep
    det dobj expl hmod hyph infmod intj iobj mark meta neg nmod nn npadvmod nsubj nsubjpass num number oprd obj obl
    parataxis partmod pcomp pobj poss possessive preconj prep prt punct quantmod relcl rcmod root xcomp acl ENT_KB_ID
    MORPH ENT_ID IDX _`),
];
