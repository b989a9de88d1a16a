/** A small knowledge base to try the server with: names that mean several things. */

interface ExampleEntity {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly type: string;
}

export const ENTITIES: readonly ExampleEntity[] = [
  {
    id: "e1",
    name: "Mercury (planet)",
    description:
      "planet nearest the sun, without moons, with craters and a thin atmosphere; its orbit takes 88 days",
    type: "PLACE",
  },
  {
    id: "e2",
    name: "Mercury (metal)",
    description:
      "poisonous metal, liquid at room temperature, used in thermometers and barometers; also quicksilver",
    type: "SUBSTANCE",
  },
  {
    id: "e3",
    name: "Mercury (god)",
    description:
      "Roman god of trade and travel, messenger with winged sandals, whom the Greeks called Hermes",
    type: "MYTH",
  },
  {
    id: "e4",
    name: "Freddie Mercury",
    description: "singer and pianist of the rock band Queen, known for his voice on stage and in concert",
    type: "PERSON",
  },
  {
    id: "e5",
    name: "Java (island)",
    description: "island of Indonesia with volcanoes, rice fields and the city of Jakarta",
    type: "PLACE",
  },
  {
    id: "e6",
    name: "Java (programming language)",
    description: "programming language whose compiler makes bytecode of classes, run by a virtual machine",
    type: "LANGUAGE",
  },
  {
    id: "e7",
    name: "Python (programming language)",
    description: "programming language with indented code and a large library, liked by data scientists",
    type: "LANGUAGE",
  },
  {
    id: "e8",
    name: "Python (snake)",
    description: "large snake of Africa and Asia without venom, which squeezes its prey and lays eggs",
    type: "ANIMAL",
  },
  {
    id: "e9",
    name: "Amazon (river)",
    description:
      "river of South America through the rainforest of Brazil and Peru, with dolphins and piranhas",
    type: "PLACE",
  },
  {
    id: "e10",
    name: "Amazon (company)",
    description: "American company that sells books and goods online, delivers parcels and rents out servers",
    type: "ORG",
  },
  {
    id: "e11",
    name: "Jaguar (animal)",
    description: "spotted big cat that hunts by night in the rainforest and swims well",
    type: "ANIMAL",
  },
  {
    id: "e12",
    name: "Jaguar Cars",
    description: "British maker of luxury cars, saloons and sports cars, with engines from Coventry",
    type: "ORG",
  },
  {
    id: "e13",
    name: "Phoenix, Arizona",
    description: "hot city in the desert of Arizona, capital of that state of America",
    type: "PLACE",
  },
  {
    id: "e14",
    name: "Phoenix (bird)",
    description: "bird of myth that burns and rises from its own ashes",
    type: "MYTH",
  },
];

export const ALIASES: readonly {
  readonly alias: string;
  readonly entities: readonly string[];
  readonly probabilities: readonly number[];
}[] = [
  { alias: "Mercury", entities: ["e1", "e2", "e3", "e4"], probabilities: [0.4, 0.3, 0.2, 0.1] },
  { alias: "quicksilver", entities: ["e2"], probabilities: [1] },
  { alias: "Freddie Mercury", entities: ["e4"], probabilities: [1] },
  { alias: "Java", entities: ["e5", "e6"], probabilities: [0.4, 0.6] },
  { alias: "Python", entities: ["e7", "e8"], probabilities: [0.7, 0.3] },
  { alias: "Amazon", entities: ["e9", "e10"], probabilities: [0.4, 0.6] },
  { alias: "Jaguar", entities: ["e11", "e12"], probabilities: [0.5, 0.5] },
  { alias: "Jaguar Cars", entities: ["e12"], probabilities: [1] },
  { alias: "Phoenix", entities: ["e13", "e14"], probabilities: [0.7, 0.3] },
];

/** What the requests link. */
export const TEXTS: readonly { readonly text: string; readonly mentions: readonly string[] }[] = [
  {
    text: "🌡️ The old thermometer broke, and drops of liquid Mercury, a poisonous metal, ran over the floor.",
    mentions: ["Mercury"],
  },
  {
    text: "Jaguar builds its engines in Coventry, far from the Amazon, its rainforest and its dolphins.",
    mentions: ["Jaguar", "Amazon"],
  },
  {
    text: "She wrote the compiler in Java, and tested its bytecode with a few lines of Python code.",
    mentions: ["Java", "Python"],
  },
];

/** What `POST /link` takes: offsets count code points, as in Python. */
export function annRequest(): object {
  return {
    documents: TEXTS.map(({ text, mentions }) => ({
      spans: mentions.map((mention) => {
        const start = [...text.slice(0, text.indexOf(mention))].length;
        return { text: mention, start, end: start + [...mention].length, label: "NAME" };
      }),
      context: text,
    })),
  };
}

/** What `POST /v1/link` takes; the server finds the mentions. */
export function linkRequest(): object {
  return { documents: TEXTS.map(({ text }) => ({ text })) };
}
