/**
 * The page's style: light or dark as the reader's system is, kinds told apart by line as well as colour. Tips show at the
 * window's lower edge: beside its mention, in lines of any length, a tip would often lie outside.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1d2430; --paper: #fdfdfb; --soft: #5c6675; --line: #d5d9e0; --card: #fff;
  --linked: #d9efdf; --linked-line: #2c7a4b; --open: #fbeccb; --open-line: #9a6700; --nil: #ececef; --nil-line: #6b7280;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e9ee; --paper: #14171c; --soft: #9aa4b2; --line: #343a44; --card: #1d2229;
    --linked: #173d27; --linked-line: #5fbf86; --open: #46350c; --open-line: #d9a941; --nil: #2a2f37; --nil-line: #8b95a3;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1.25rem 8rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.9 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.25rem; margin: 0 0 1.5rem; }
.text { white-space: pre-wrap; unicode-bidi: plaintext; text-align: start;
  padding: 1rem 0; border-top: 1px solid var(--line); }
.mention { all: unset; display: inline; white-space: pre-wrap; unicode-bidi: isolate; cursor: pointer;
  padding: 0.1em 0.2em; border-radius: 0.25em; border-bottom: 2px solid; }
.linked { background: var(--linked); border-bottom-color: var(--linked-line); }
.one_of { background: var(--open); border-bottom-color: var(--open-line); border-bottom-style: double; }
.nil { background: var(--nil); border-bottom-color: var(--nil-line); border-bottom-style: dotted; }
.mention:focus-visible { outline: 2px solid var(--linked-line); outline-offset: 2px; }
.tip { display: none; position: fixed; inset: auto 1rem 1rem; z-index: 1; width: fit-content; max-width: 44rem;
  max-height: 50vh; overflow: hidden; margin: 0 auto; padding: 0.4rem 0.6rem; border-radius: 0.4rem; direction: ltr;
  background: var(--ink); color: var(--paper); font-size: 0.8125rem; line-height: 1.4; white-space: normal;
  text-align: start; pointer-events: none; }
.mention:hover + .tip, .mention:focus-visible + .tip { display: block; }
.tip > span { display: block; }
[popover] { inset: 0; margin: auto; width: min(34rem, 92vw); max-height: 80vh; overflow: auto; padding: 1rem 1.25rem;
  border: 1px solid var(--line); border-radius: 0.6rem; background: var(--card); color: var(--ink);
  font-size: 0.9375rem; line-height: 1.5; text-align: start; white-space: normal; }
[popover]::backdrop { background: rgb(0 0 0 / 0.3); }
h2 { margin: 0; font-size: 1.0625rem; }
h2:not(:first-child) { margin-top: 1rem; }
.label, .why, .parts { color: var(--soft); font-size: 0.8125rem; font-weight: normal; }
p { margin: 0.2rem 0 0.6rem; }
table { width: 100%; border-collapse: collapse; }
td, th { padding: 0.35rem 0.5rem; border-top: 1px solid var(--line); text-align: start; vertical-align: top; }
td:last-child, th:last-child { text-align: end; font-variant-numeric: tabular-nums; }
.chosen { background: var(--linked); }
a { color: inherit; }
.none { color: var(--soft); font-style: italic; }
`;
