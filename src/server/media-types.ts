/** Lines of JSON. */
export const NDJSON = "application/x-ndjson";

/** Whether a body is lines of JSON; media types know no case. */
export function isNdjson(contentType: string | undefined): boolean {
  return contentType?.split(";")[0]?.trim().toLowerCase() === NDJSON;
}
