/** What an installed user imports by the package's names. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CompromiseDetector, Doc, MediaWikiError as SameError } from "linkwright";
import { type CandidateCache, MediaWikiError, type MediaWikiOptions, mediaWiki } from "linkwright/mediawiki";

test("linkwright/mediawiki has the source, its error and its options", async () => {
  const cache: CandidateCache = { get: () => undefined, set: () => {} };
  const options: MediaWikiOptions = { offline: true, cache };
  await assert.rejects(mediaWiki(options).candidates(["Apple"]), MediaWikiError);
  assert.equal(MediaWikiError, SameError);
});

test("linkwright has the detector by compromise", () => {
  const found = new CompromiseDetector().detect(new Doc("Tim Cook visited Google."));
  assert.deepEqual(
    found.map(({ label }) => label),
    ["PERSON", "ORG"],
  );
});
