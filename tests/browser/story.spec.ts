import { copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test, type Page } from "@playwright/test";
import {
  makeSandbox,
  novywave,
  repository,
  serve,
  stateWhere,
  type Sandbox,
  type Serving,
} from "../support/novywave.js";

const waves = path.join(repository, "tests/fixtures/waveforms");
const endlessLoop = path.join(repository, "tests/fixtures/plugins/endless_loop");
const endlessArtifact = path.join(repository, "tests/fixtures/plugins/dist/test.endless_loop_plugin.wasm");

/** A person's own file: comments, order and spacing are theirs. */
const workspaceFile = `# our lab's settings, do not reorder
[plugins]
schema_version = 1   # see the wiki

[[plugins.entries]]
id = "novywave.hello_world"
enabled = true       # greets
artifact_path = "builtin:hello_world"
[plugins.entries.config]
greeting = 'NovyWave'

[[plugins.entries]]
id = "novywave.waveform_scanner"
enabled   =   true   # finds
artifact_path = "builtin:waveform_scanner"
config = { extensions = ["vcd"], directories = ["."] }
watch = { directories = ["."], debounce_ms = 50 }

[[plugins.entries]]
id = "novywave.auto_reload"
enabled = true
artifact_path = "builtin:auto_reload"
config = { batch_events = 4, batch_ms = 50, debounce_ms = 50 }
`;

const endlessEntry = `
[[plugins.entries]]
id = "test.endless_loop"
enabled = true
artifact_path = "bin/endless_loop.wasm"
limits = { call_deadline_ms = 400 }
`;

let sandbox: Sandbox;
let serving: Serving;

test.beforeAll(async () => {
  sandbox = await makeSandbox();
  const built = await novywave(["plugins", "build"], { cwd: endlessLoop, env: sandbox.env });
  expect(built.stderr + built.stdout).toContain("test.endless_loop");
  expect(built.code).toBe(0);
  // The approval of one's own build is kept for the one who builds; the reader of this workspace is another person.
  await sandbox.remove();
  sandbox = await makeSandbox();
  await copyFile(path.join(waves, "counter_short.vcd"), path.join(sandbox.workspace, "counter.vcd"));
  await writeFile(path.join(sandbox.workspace, ".novywave"), workspaceFile);
  serving = await serve([sandbox.workspace], sandbox.env);
});

test.afterAll(async () => {
  await serving?.stop();
  await sandbox?.remove();
});

test("the main job, end to end", async ({ page }) => {
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  const configPath = path.join(sandbox.workspace, ".novywave");
  const wavePath = path.join(sandbox.workspace, "counter.vcd");
  const timeline = page.getByTestId("timeline");
  const value = (name: string) => page.getByTestId(`value:counter_tb.${name}`);
  const plugin = (name: string) => page.getByTestId(`plugin:${name}`);

  await test.step("three plugins reach Ready", async () => {
    await page.goto(serving.url);
    await page.getByRole("button", { name: /Plugins/ }).click();
    for (const id of ["hello_world", "waveform_scanner", "auto_reload"])
      await expect(plugin(`novywave.${id}`)).toHaveAttribute("data-state", "ready");
    expect(page.url()).not.toContain(serving.token);
  });

  await test.step("the scanner's file appears, opens, and fits; signals are selected", async () => {
    await page.getByRole("treeitem", { name: "counter.vcd" }).click();
    for (const name of ["clk", "count[7:0]", "bus[15:0]", "level"])
      await addVariable(page, `counter_tb.${name}`);
    await expect(timeline).toHaveAttribute("data-complete", "true");
    await expect(timeline).toHaveAttribute("data-rows", "4");
    expect(await viewOf(page)).toMatchObject({ start: 0n });
  });

  await test.step("exact values at exact times", async () => {
    await setCursor(page, 100n);
    await expect(value("clk")).toHaveText("0");
    await expect(value("count[7:0]")).toHaveText("08");
    await expect(value("bus[15:0]")).toHaveText("08f7");
    await expect(value("level")).toHaveText("1.75");
    await setCursor(page, 155n);
    await expect(value("count[7:0]")).toHaveText("0e");
    await expect(value("level")).toHaveText("1.25");
    // The bus floats before the first clock edge.
    await setCursor(page, 2n);
    await expect(value("count[7:0]")).toHaveText("xx");
    await expect(value("bus[15:0]")).toHaveText("zzzz");
    await setCursor(page, 155n);
  });

  await test.step("E and Q walk the transitions of the focused variable", async () => {
    await page.getByTestId("row:counter_tb.count[7:0]").click();
    await page.keyboard.press("e");
    await expect(timeline).toHaveAttribute("data-cursor", ticks(await exponentOf(page), 165n));
    await page.keyboard.press("q");
    await expect(timeline).toHaveAttribute("data-cursor", ticks(await exponentOf(page), 155n));
  });

  await test.step("a longer simulation, written in place: the timeline grows without a click", async () => {
    await page.keyboard.press("r");
    const fitted = await viewOf(page);
    await copyFile(path.join(waves, "counter_long.vcd"), wavePath);
    await expect.poll(async () => (await viewOf(page)).end).toBe(fitted.end * 5n);
    await expect(timeline).toHaveAttribute("data-rows", "4");
    await expect(timeline).toHaveAttribute("data-cursor", ticks(await exponentOf(page), 155n));
    await expect(value("count[7:0]")).toHaveText("0e");
    await setCursor(page, 555n);
    await expect(value("count[7:0]")).toHaveText("36");
    await expect(value("bus[15:0]")).toHaveText("36c9");
  });

  await test.step("rename-over-write, zoomed in: data is new, zoom and selection are kept", async () => {
    await setCursor(page, 100n);
    for (let press = 0; press < 6; press += 1) await page.keyboard.press("w");
    const zoomed = await viewOf(page);
    const before = Number(await timeline.getAttribute("data-revision"));
    await copyFile(path.join(waves, "counter_short.vcd"), `${wavePath}.tmp`);
    await rename(`${wavePath}.tmp`, wavePath);
    await expect
      .poll(async () => Number(await timeline.getAttribute("data-revision")))
      .toBeGreaterThan(before);
    const state = await stateWhere(serving, "the short file", (s) => s.files[0]?.end === "200");
    expect(state.files[0]?.state).toBe("ready");
    expect(await viewOf(page)).toEqual(zoomed);
    await expect(timeline).toHaveAttribute("data-rows", "4");
  });

  await test.step("a toggle changes the file in that one place, and a toast confirms what the relay says", async () => {
    // The page stores where a person looks; once that is in the file, the toggle must touch one word and no more.
    const { start, end } = await viewOf(page);
    await expect
      .poll(() => readFile(configPath, "utf8"))
      .toContain(`{ cursor = "100", start = "${start}", end = "${end}" }`);
    const before = await readFile(configPath, "utf8");
    expect(before.startsWith(workspaceFile.trimEnd())).toBe(true);
    await page.getByRole("switch", { name: "Enable novywave.waveform_scanner" }).click();
    await expect(plugin("novywave.waveform_scanner")).toHaveAttribute("data-state", "disabled");
    await expect(page.getByTestId("toast").filter({ hasText: "waveform_scanner" })).toBeVisible();
    expect(await readFile(configPath, "utf8")).toBe(
      before.replace("enabled   =   true   # finds", "enabled   =   false   # finds"),
    );
    await page.getByRole("switch", { name: "Enable novywave.waveform_scanner" }).click();
    await expect(plugin("novywave.waveform_scanner")).toHaveAttribute("data-state", "ready");
    expect(await readFile(configPath, "utf8")).toBe(before);
  });

  await test.step("greeting changed by hand: live reload", async () => {
    const text = await readFile(configPath, "utf8");
    await writeFile(configPath, text.replace("greeting = 'NovyWave'", "greeting = 'the night shift'"));
    await expect(page.getByTestId("plugin-message:novywave.hello_world")).toContainText("the night shift");
  });

  await test.step("a broken edit is named with its place; the last good state stays", async () => {
    const text = await readFile(configPath, "utf8");
    await writeFile(configPath, text.replace("schema_version = 1", "schema_version = = 1"));
    await expect(page.getByTestId("config-error")).toContainText(/3[:,]|line 3/);
    await expect(plugin("novywave.hello_world")).toHaveAttribute("data-state", "ready");
    await writeFile(configPath, text);
    await expect(page.getByTestId("config-error")).toBeHidden();
  });

  await test.step("a plugin that loops forever is killed at its deadline; everything else goes on", async () => {
    await mkdir(path.join(sandbox.workspace, "bin"));
    await copyFile(endlessArtifact, path.join(sandbox.workspace, "bin/endless_loop.wasm"));
    const text = await readFile(configPath, "utf8");
    const anchor = '\n[[plugins.entries]]\nid = "novywave.auto_reload"';
    await writeFile(configPath, text.replace(anchor, endlessEntry + anchor));
    await expect(plugin("test.endless_loop")).toHaveAttribute("data-state", "needs-consent");
    await plugin("test.endless_loop")
      .getByRole("button", { name: /Review and grant/ })
      .click();
    await page.getByRole("alertdialog").getByRole("button", { name: /Grant/ }).click();
    await expect(plugin("test.endless_loop")).toHaveAttribute("data-state", "ready");
    await writeFile(path.join(sandbox.workspace, "poke.txt"), "hang, please\n");
    await expect(plugin("test.endless_loop")).toHaveAttribute("data-state", /error|backoff/);
    await expect(page.getByTestId("plugin-message:test.endless_loop")).toContainText(/400 ms|deadline/);
    for (const id of ["hello_world", "waveform_scanner", "auto_reload"])
      await expect(plugin(`novywave.${id}`)).toHaveAttribute("data-state", "ready");
    await copyFile(path.join(waves, "counter_long.vcd"), wavePath);
    await stateWhere(serving, "the long file again", (s) => s.files[0]?.end === "1000");
  });

  await test.step("a reload of the page restores the session", async () => {
    const cursor = (await timeline.getAttribute("data-cursor")) ?? "";
    await expect.poll(() => readFile(configPath, "utf8")).toContain("counter_tb.level");
    await page.reload();
    await expect(timeline).toHaveAttribute("data-rows", "4");
    await expect(timeline).toHaveAttribute("data-cursor", cursor);
  });

  expect(problems).toEqual([]);
  // Offline: nothing was asked of another machine.
  for (const url of requests) expect(url).toContain(`127.0.0.1:${serving.port}`);
});

async function addVariable(page: Page, fullName: string): Promise<void> {
  await page.getByRole("searchbox", { name: "Search variables" }).fill(fullName);
  await page.getByTestId("variables").getByRole("option", { name: fullName, exact: true }).dblclick();
  await expect(page.getByTestId(`row:${fullName}`)).toBeVisible();
}

/** What the timeline shows, in units of 10^exponent seconds, after whatever is due has been drawn. */
async function viewOf(page: Page): Promise<{ start: bigint; end: bigint }> {
  await page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(undefined)))),
  );
  const timeline = page.getByTestId("timeline");
  const [start, end] = await Promise.all(
    ["data-start", "data-end"].map((name) => timeline.getAttribute(name)),
  );
  return { start: BigInt(start ?? "0"), end: BigInt(end ?? "0") };
}

async function exponentOf(page: Page): Promise<number> {
  return Number(await page.getByTestId("timeline").getAttribute("data-exponent"));
}

/** Nanoseconds as the timeline writes them. */
function ticks(exponent: number, nanoseconds: bigint): string {
  return String(nanoseconds * 10n ** BigInt(-9 - exponent));
}

/** Clicks where `nanoseconds` is drawn, which must hit that tick exactly. */
async function setCursor(page: Page, nanoseconds: bigint): Promise<void> {
  const timeline = page.getByTestId("timeline");
  const wanted = BigInt(ticks(await exponentOf(page), nanoseconds));
  const { start, end } = await viewOf(page);
  const box = await timeline.boundingBox();
  if (!box) throw new Error("the timeline is not visible");
  const x = (box.width * (Number(wanted - start) + 0.5)) / Number(end - start);
  await page.mouse.click(box.x + x, box.y + 60);
  await expect(timeline).toHaveAttribute("data-cursor", String(wanted));
}
