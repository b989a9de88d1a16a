/**
 * `/docs` in a real browser that has no network: it renders, asks nobody but its server, and its examples give links,
 * also with a token. Skipped where there is no Chromium, or no playwright-core (`npm install --no-save playwright-core`,
 * or anywhere that NODE_PATH names): it is no dependency.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { check, say } from "./report.js";
import { COMMAND, type Running, start } from "./running.js";

const TOKEN = "secret";
const TEXT = "Mercury is a poisonous metal.";
/** Without a token the page has examples of the knowledge base; with one they are written by hand. */
const BODIES: Readonly<Record<string, object>> = {
  "/link": { documents: [{ context: TEXT, spans: [{ text: "Mercury", start: 0, end: 7, label: "" }] }] },
  "/v1/link": { documents: [{ text: TEXT }] },
};

/** What is needed of Playwright, whose types are only there where it is. */
interface Locator {
  locator(selector: string, options?: { has: Locator }): Locator;
  first(): Locator;
  click(): Promise<void>;
  fill(text: string): Promise<void>;
  textContent(): Promise<string | null>;
  count(): Promise<number>;
}
interface Page extends Pick<Locator, "locator"> {
  goto(url: string, options: { waitUntil: "networkidle" }): Promise<unknown>;
  title(): Promise<string>;
  screenshot(options: { path: string; fullPage: boolean }): Promise<unknown>;
  on(event: "request", hear: (request: { url(): string }) => void): void;
  on(event: "response", hear: (response: { url(): string; status(): number }) => void): void;
  on(event: "console", hear: (message: { type(): string; text(): string }) => void): void;
  on(event: "pageerror", hear: (error: Error) => void): void;
}
interface Browser {
  newPage(options: { viewport: { width: number; height: number } }): Promise<Page>;
  close(): Promise<void>;
}
interface Playwright {
  readonly chromium: { launch(options: { executablePath: string; args: string[] }): Promise<Browser> };
}

function chromiumHere(): string | undefined {
  const commands = ["chromium", "chromium-browser", "google-chrome"];
  return commands.find((command) => spawnSync(command, ["--version"]).status === 0);
}

async function playwrightHere(): Promise<Playwright | undefined> {
  let file: string;
  try {
    file = createRequire(import.meta.url).resolve("playwright-core");
  } catch {
    return undefined;
  }
  const module = (await import(pathToFileURL(file).href)) as { default?: Playwright } & Playwright;
  return module.default ?? module;
}

/** @param screenshots a folder where pictures of the page are put */
export async function lookAtDocsPage(screenshots?: string): Promise<void> {
  const [command, playwright] = [chromiumHere(), await playwrightHere()];
  if (!command || !playwright)
    return say(`docs-page: skipped, there is no ${command ? "playwright-core" : "chromium"} here`);
  const executablePath = execFileSync("sh", ["-c", `command -v ${command}`], { encoding: "utf8" }).trim();
  const folder = mkdtempSync(join(tmpdir(), "linkwright-"));
  const [tutorial, kb, tokens] = ["tutorial", "kb", "tokens"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  execFileSync(process.execPath, [COMMAND, "example-data", tutorial], { stdio: "ignore" });
  execFileSync(process.execPath, [COMMAND, "create-index", tutorial, kb], { stdio: "ignore" });
  writeFileSync(tokens, TOKEN);
  // A proxy that is none: what is not asked of this machine fails, and is seen.
  const args = ["--no-sandbox", "--proxy-server=127.0.0.1:9"];
  const browser = await playwright.chromium.launch({ executablePath, args });
  try {
    for (const hasToken of [false, true]) {
      const server = await start(kb, ...(hasToken ? ["--token-file", tokens] : []));
      try {
        const page = await browser.newPage({ viewport: { width: 1300, height: 1000 } });
        await visit(page, server, hasToken);
        const path = join(screenshots ?? folder, hasToken ? "docs-with-token.png" : "docs.png");
        await page.screenshot({ path, fullPage: true });
        if (screenshots) say(`     ${path}`);
      } finally {
        await server.stop();
      }
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

async function visit(page: Page, { url }: Running, hasToken: boolean): Promise<void> {
  const [outside, wrong]: [string[], string[]] = [[], []];
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) outside.push(request.url());
  });
  page.on("response", (response) => {
    if (response.status() >= 400) wrong.push(`${response.status()} ${response.url()}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.message));
  await page.goto(`${url}/`, { waitUntil: "networkidle" });
  const name = hasToken ? "/docs with a token" : "/docs";
  await page.locator(".opblock").first().textContent(); // waits for it
  const operations = await page.locator(".opblock").count();
  check((await page.title()) === "linkwright" && operations > 10, `${name} shows ${operations} operations`);
  if (hasToken) await authorize(page);
  for (const path of Object.keys(BODIES)) {
    const answer = await tryOut(page, path, hasToken);
    check(/"(id|kb_id)": "e\d+"/.test(answer), `${name}: Try it out, Execute on ${path} gives links`);
  }
  check(outside.length === 0, `${name} asks nobody else${outside.map((one) => `, but ${one}`).join("")}`);
  check(wrong.length === 0, `${name}: no error in the browser${wrong.map((one) => `, but ${one}`).join("")}`);
}

async function authorize(page: Page): Promise<void> {
  await page.locator("button.authorize").first().click();
  await page.locator(".auth-container input").fill(TOKEN);
  await page.locator(".auth-btn-wrapper button.authorize").click();
  await page.locator(".auth-btn-wrapper button.btn-done").click();
}

/** What the page shows as the answer to an operation's example, or to what is written in its place. */
async function tryOut(page: Page, path: string, isByHand: boolean): Promise<string> {
  const block = page.locator(".opblock", { has: page.locator(`[data-path="${path}"]`) });
  await block.locator(".opblock-summary-control").click();
  await block.locator("button.try-out__btn").click();
  if (isByHand) await block.locator("textarea.body-param__text").fill(JSON.stringify(BODIES[path]));
  await block.locator("button.execute").click();
  return (await block.locator(".live-responses-table .highlight-code").first().textContent()) ?? "";
}
