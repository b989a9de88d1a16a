import { visible } from "./visible.js";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand between tags and in quoted attributes; a page may be looked at in a terminal. */
export function escapeHtml(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] as string);
}

/** A title that leads to its address, where that is one of the web: a page must not run what a candidate names. */
export function linkHtml(title: string, url: string): string {
  const shown = `<bdi>${escapeHtml(title)}</bdi>`;
  if (!/^https?:\/\//i.test(url)) return shown;
  return `<a href="${escapeHtml(url)}" rel="noreferrer">${shown}</a>`;
}
