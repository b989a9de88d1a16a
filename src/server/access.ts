import bearerAuth from "@fastify/bearer-auth";
import cors from "@fastify/cors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DOCS_PATH, OPENAPI_PATH } from "./api-docs.js";
import type { ServeOptions } from "./options.js";
import { asksForManifest } from "./routes/manifest.js";

/**
 * What everybody may ask, token or not: whether the server lives, and how it is used. A browser shows no token when it
 * opens a page, and the page has to know the routes before it can ask for one; neither holds anything of the model.
 */
const OPEN = ["/", "/health", "/ready", OPENAPI_PATH];

/** Lets web pages of the chosen origins in, and asks for tokens where there are some. */
export async function guard(app: FastifyInstance, { corsOrigins, tokens }: ServeOptions): Promise<void> {
  // Before tokens: a browser asks beforehand, without one.
  if (corsOrigins.length > 0) await allowOrigins(app, corsOrigins);
  if (tokens.length === 0) return;
  await app.register(bearerAuth, { keys: new Set(tokens), addHook: false, verifyErrorLogLevel: "info" });
  const { verifyBearerAuth } = app as FastifyInstance & {
    verifyBearerAuth: (...args: readonly unknown[]) => void;
  };
  app.addHook("onRequest", (request, reply, done) => {
    if (isOpen(request)) done();
    else verifyBearerAuth(request, reply, done);
  });
}

/** Not strictly: an OPTIONS request that no browser sends is answered too, as HTTP has it. */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  await app.register(cors, { origin: origins.includes("*") ? "*" : [...origins], strictPreflight: false });
}

function isOpen(request: FastifyRequest): boolean {
  if (request.method === "OPTIONS") return true; // a preflight can't show a token
  const { url = "" } = request.routeOptions;
  return (
    OPEN.includes(url) || url === DOCS_PATH || url.startsWith(`${DOCS_PATH}/`) || asksForManifest(request)
  );
}
