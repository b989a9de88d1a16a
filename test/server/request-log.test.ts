import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { it } from "node:test";
import Fastify from "fastify";
import { logThoseWhoLeave, RequestLog } from "../../src/server/request-log.js";

it("a client that leaves is no error: not before the answer, and not in the middle of it", async () => {
  const lines: { level: number; msg: string }[] = [];
  let heard = (): void => {};
  const stream = {
    write: (line: string) => {
      lines.push(JSON.parse(line));
      if (lines.at(-1)?.msg === "client left") heard();
    },
  };
  const app = Fastify({ logger: { level: "debug", stream }, logController: new RequestLog() });
  logThoseWhoLeave(app);
  let asked = (): void => {};
  app.get("/never", () => {
    asked();
    return new Promise(() => {});
  });
  app.get("/endless", (_request, reply) => {
    async function* endless(): AsyncGenerator<string> {
      for (;;) yield "more\n";
    }
    return reply.send(Readable.from(endless()));
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  for (const path of ["/never", "/endless"]) {
    const left = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const sent = request({ port, host: "127.0.0.1", path });
    sent.on("error", () => {});
    sent.end();
    if (path === "/never") await reached;
    else {
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      response.on("error", () => {});
      await once(response, "data");
    }
    sent.destroy();
    await left;
  }
  await app.close();
  assert.equal(lines.filter(({ msg }) => msg === "client left").length, 2);
  assert.deepEqual(
    lines.filter(({ level }) => level > 30),
    [],
  );
});
