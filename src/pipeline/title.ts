/** A page's title apart. */
export interface TitleParts {
  /** What the thing is called: "Paris". */
  readonly name: string;
  /** Where it is: "Texas"; `""` without. */
  readonly place: string;
}

/** "Los Altos, California", but not "Emerson, Lake & Palmer" or "Yesterday, Today and Tomorrow". */
const AFTER_COMMA = /^([^,]+), (\p{Lu}[^,&]*)$/u;
const ENUMERATED = / (?:and|or|und|et|y|e|en) /u;

/**
 * The name in the title of a wiki's page. Places have their state in the title also where they are what the name means
 * first, and knowledge bases, which models are trained on, have it in the description. A word in brackets stays: it is
 * the mark of a page that is not what the name means first.
 */
export function nameOfTitle(title: string): TitleParts {
  const [, name, place] = AFTER_COMMA.exec(title) ?? [];
  if (name === undefined || place === undefined || ENUMERATED.test(place)) return { name: title, place: "" };
  return { name, place };
}
