/** The formats of documents that are read, as `linkwright convert --from` names them; apart, so that naming loads none. */
export const DOCUMENT_FORMATS = ["docbin", "spacy-json", "spacy-train", "prodigy", "docs"] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];
