import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { build } from "vite";
import { repository } from "../support/novywave.js";

// What an embedder does: bundle the package for the page and for its worker, and serve them under a policy that
// forbids making code from text.
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

const shared = `
import { compile, describe, fromTransferable, instantiate, EngineError, ResultError } from "@novywave/component-engine";
export const smoke = (instance) => instance.exports["novywave:plugins/smoke@0.1.0"];
export const greet = (instance) =>
  smoke(instance).init([{ key: "greeting", value: JSON.stringify("žluťoučký 🐎") }]).description;
export { compile, describe, fromTransferable, instantiate, EngineError, ResultError };`;

const page = `
import { compile, describe, greet, instantiate, EngineError } from "./shared.js";
window.run = async () => {
  const bytes = new Uint8Array(await (await fetch("/plugin.wasm")).arrayBuffer());
  const component = await compile(bytes);
  const here = greet(instantiate(component, {}));
  const worker = new Worker("/worker.js", { type: "module" });
  const there = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ component: component.toTransferable(), bytes });
  });
  worker.terminate();
  let refused;
  try { await compile(bytes.subarray(0, 1000)); } catch (error) { refused = error instanceof EngineError ? error.code : String(error); }
  return { here, there, refused, modules: component.coreModuleCount, wit: describe(component) };
};`;

const worker = `
import { compile, fromTransferable, greet, instantiate, ResultError, smoke } from "./shared.js";
onmessage = async ({ data }) => {
  let compiled = 0;
  const { compile: original } = WebAssembly;
  WebAssembly.compile = (...args) => { compiled += 1; return original(...args); };
  const posted = greet(instantiate(fromTransferable(data.component), {}));
  const compiledForPosted = compiled;
  const instance = instantiate(await compile(data.bytes), {});
  let failure;
  try { smoke(instance).init([{ key: "greeting", value: "7" }]); }
  catch (error) { failure = error instanceof ResultError ? error.payload.tag : String(error); }
  postMessage({ posted, compiledForPosted, compiledForBytes: compiled, own: greet(instance), failure });
};`;

let server: Server;
let folder: string;
let url: string;

test.beforeAll(async () => {
  await mkdir(path.join(repository, ".cache"), { recursive: true });
  folder = await mkdtemp(path.join(repository, ".cache/engine-page-"));
  for (const [name, text] of Object.entries({ shared, page, worker })) {
    await writeFile(path.join(folder, `${name}.js`), text);
  }
  for (const name of ["page", "worker"]) {
    await build({
      configFile: false,
      logLevel: "error",
      root: folder,
      build: {
        outDir: "out",
        emptyOutDir: false,
        modulePreload: false,
        rolldownOptions: { input: path.join(folder, `${name}.js`), output: { entryFileNames: `${name}.js` } },
      },
    });
  }
  const files: Record<string, { type: string; body: Buffer | string }> = {
    "/": {
      type: "text/html",
      body: '<!doctype html><title>engine</title><script type="module" src="/page.js"></script>',
    },
    "/page.js": { type: "text/javascript", body: await readFile(path.join(folder, "out/page.js")) },
    "/worker.js": { type: "text/javascript", body: await readFile(path.join(folder, "out/worker.js")) },
    "/plugin.wasm": {
      type: "application/wasm",
      body: await readFile(path.join(repository, "plugins/dist/hello_world_plugin.wasm")),
    },
  };
  server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    response.writeHead(file ? 200 : 404, {
      "content-type": file?.type ?? "text/plain",
      "content-security-policy": policy,
    });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  url = `http://127.0.0.1:${address.port}/`;
});

test.afterAll(async () => {
  server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test("the component engine runs a component of the JavaScript toolchain in a page and in a Web Worker", async ({
  page: tab,
}) => {
  const problems: string[] = [];
  tab.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("favicon")) problems.push(message.text());
  });
  tab.on("pageerror", (error) => problems.push(String(error)));
  await tab.goto(url);
  await tab.waitForFunction(() => "run" in window);
  const result = await tab.evaluate(() => (window as unknown as { run: () => Promise<unknown> }).run());
  expect(result).toMatchObject({
    here: expect.stringContaining("žluťoučký 🐎"),
    there: {
      posted: expect.stringContaining("žluťoučký 🐎"),
      // Modules that were posted are not compiled again.
      compiledForPosted: 0,
      own: expect.stringContaining("žluťoučký 🐎"),
      failure: "invalid-config",
    },
    refused: "malformed",
    wit: expect.stringContaining("export novywave:plugins/smoke@0.1.0;"),
  });
  const { there, modules } = result as { there: { compiledForBytes: number }; modules: number };
  expect(there.compiledForBytes).toBe(modules);
  expect(problems).toEqual([]);
});
