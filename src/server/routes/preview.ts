import type { EntityDetails } from "../jobs/entity-details.js";

/** Pixels. */
export const PREVIEW_SIZE = { width: 420, height: 240 } as const;

/** The page runs and loads nothing, whatever a knowledge base holds. */
export const PREVIEW_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

const ALIASES = 8;
const STYLE =
  "body{font:14px/1.4 system-ui,sans-serif;margin:12px}h1{font-size:17px;margin:0}p{margin:6px 0}.quiet{color:#666}";

/** A small page about an entity, for an iframe. */
export function previewOf({ id, name, description, type, aliases }: EntityDetails): string {
  const others = aliases.filter((alias) => alias !== name).slice(0, ALIASES);
  return [
    '<!DOCTYPE html><html><head><meta charset="utf-8">',
    `<title>${escaped(name || id)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escaped(name || id)}</h1>`,
    `<p class="quiet">${[id, type]
      .filter((text) => text !== "")
      .map(escaped)
      .join(" · ")}</p>`,
    description === "" ? "" : `<p>${escaped(description)}</p>`,
    others.length === 0 ? "" : `<p class="quiet">Also ${others.map(escaped).join(", ")}</p>`,
    "</body></html>\n",
  ].join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
