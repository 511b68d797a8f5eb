import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import { makeSandbox, serve, type Sandbox, type Serving } from "./novywave.js";

/** A workspace with a server on it. */
export interface Lab {
  readonly sandbox: Sandbox;
  serving: Serving;
  /** Writes a file of the workspace. */
  write(name: string, content: string): Promise<void>;
  /** Ends the server and starts it again at the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function openLab(files: Readonly<Record<string, string>> = {}): Promise<Lab> {
  const sandbox = await makeSandbox();
  const write = (name: string, content: string): Promise<void> =>
    writeFile(path.join(sandbox.workspace, name), content);
  for (const [name, content] of Object.entries(files)) await write(name, content);
  const lab: Lab = {
    sandbox,
    serving: await serve([sandbox.workspace], sandbox.env),
    write,
    async restart() {
      const { port } = lab.serving;
      await lab.serving.stop();
      // The last --port counts.
      lab.serving = await serve([sandbox.workspace, "--port", String(port)], sandbox.env);
    },
    async close() {
      await lab.serving.stop();
      await sandbox.remove();
    },
  };
  return lab;
}

/** Everything that goes wrong in a page, in the order in which it does; refused connections are not among it. */
export function collectProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("ERR_CONNECTION_REFUSED"))
      problems.push(message.text());
  });
  return problems;
}

export const file = (page: Page, name: string): Locator => page.getByRole("treeitem", { name, exact: true });
export const value = (page: Page, name: string): Locator => page.getByTestId(`value:${name}`);
export const row = (page: Page, name: string): Locator => page.getByTestId(`row:${name}`);
export const timeline = (page: Page): Locator => page.getByTestId("timeline");

/** Waits until everything on the canvas is what the server has. */
export async function drawn(page: Page, rows: number): Promise<void> {
  await expect(timeline(page)).toHaveAttribute("data-rows", String(rows));
  await expect(timeline(page)).toHaveAttribute("data-complete", "true");
}

/** Adds all variables of the chosen file. */
export async function addAll(page: Page, variables: number): Promise<void> {
  await expect(page.getByTestId("variables")).toHaveAttribute("data-total", String(variables));
  await page.getByRole("button", { name: "Add all" }).click();
}

/** What one test selected is not for the next. */
export async function removeRows(page: Page): Promise<void> {
  const grid = page.getByRole("grid", { name: "Selected variables" });
  await grid.focus();
  const rows = grid.getByRole("row");
  for (let count = await rows.count(); count > 0; count -= 1) {
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Delete");
    await expect(rows).toHaveCount(count - 1);
  }
}

/** Puts the cursor where the person wants it, by the palette; `time` is a number with a unit. */
export async function goTo(page: Page, time: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Command" }).fill(time);
  await expect(page.getByRole("option").first()).toHaveText(/Go to/);
  await page.keyboard.press("Enter");
}

/** A VCD file: declarations and changes, one per line. */
export function vcd(timescale: string, variables: readonly string[], changes: readonly string[]): string {
  return [
    `$timescale ${timescale} $end`,
    "$scope module top $end",
    ...variables.map((variable) => `$var ${variable} $end`),
    "$upscope $end",
    "$enddefinitions $end",
    ...changes,
    "",
  ].join("\n");
}
