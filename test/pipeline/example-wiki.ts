/** A small wiki in memory, in the order in which a search gives its pages, and what is asked of it. */
import type { CandidateSource, TextCandidate } from "../../src/kb/text-candidate.js";

const page = (title: string, text: string): TextCandidate => {
  const id = title.replaceAll(" ", "_");
  return { id, title, url: `https://en.wikipedia.org/wiki/${id}`, text };
};

/** Told in our own words. */
export const PAGES: Readonly<Record<string, readonly TextCandidate[]>> = {
  Apple: [
    page(
      "Apple",
      "Round fruit that grows on a tree of the rose family and is eaten raw, cooked or as cider.",
    ),
    page(
      "Apple Inc.",
      "Technology company from Cupertino, California, that makes the iPhone, Macintosh computers and other products. " +
        "Steve Jobs and Steve Wozniak co-founded it in 1976; Tim Cook leads it.",
    ),
    page("Apple Records", "Record label that the Beatles set up in London in 1968 to publish their music."),
    page("Fiona Apple", "American singer and songwriter who plays the piano."),
  ],
  "Tim Cook": [
    page(
      "Tim Cook",
      "American manager, chief executive of Apple Inc. since 2011, before that its head of operations.",
    ),
    page(
      "Tim Cook (ice hockey)",
      "American ice hockey player, a defender who played for Ottawa's farm team.",
    ),
    page("Tim Cook (historian)", "Canadian historian who wrote about the soldiers of the world wars."),
  ],
  Cupertino: [
    page(
      "Cupertino, California",
      "City in Santa Clara County in the Silicon Valley, where Apple Inc. has its headquarters.",
    ),
    page("Cupertino High School", "School for the ninth to the twelfth grade in California."),
  ],
  "Steve Jobs": [
    page(
      "Steve Jobs",
      "American inventor and entrepreneur who co-founded Apple Inc. in his parents' garage and led Pixar.",
    ),
    page("Steve Jobs (film)", "Film of 2015 by Danny Boyle with Michael Fassbender in the title role."),
    page("Steve Jobs (book)", "Biography by Walter Isaacson, told from more than forty interviews."),
  ],
  "Los Altos": [
    page(
      "Los Altos, California",
      "City in Santa Clara County in the San Francisco Bay Area, south of Palo Alto.",
    ),
    page("Los Altos Hills, California", "Town of large gardens in Santa Clara County."),
    page("Los Altos (Jalisco)", "Highlands in the Mexican state of Jalisco where agaves for tequila grow."),
  ],
};

/** A source that notes what it is asked. */
export interface NotedSource extends CandidateSource {
  readonly asked: (readonly string[])[];
}

/** @param arrange changes each mention's candidates */
export function exampleWiki(
  arrange: (candidates: readonly TextCandidate[]) => readonly TextCandidate[] = (same) => same,
): NotedSource {
  const asked: (readonly string[])[] = [];
  return {
    asked,
    candidates: async (mentions, { signal } = {}) => {
      signal?.throwIfAborted();
      asked.push(mentions);
      return mentions.map((mention) => [...arrange(PAGES[mention] ?? [])]);
    },
  };
}
