import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@playwright/test";
import {
  addAll,
  collectProblems,
  drawn,
  file,
  openLab,
  row,
  timeline,
  value,
  vcd,
  type Lab,
} from "../support/page.js";

const two = vcd("1ns", ["wire 8 # data [7:0]"], ["#0", "b101 #", "#10", "b1111 #", "#20"]);

let lab: Lab;

test.beforeAll(async () => {
  lab = await openLab();
});

test.afterAll(() => lab?.close());

test("R1.3 every state of the workspace and of a file is told, and left by itself", async ({ page }) => {
  const problems = collectProblems(page);
  const waves = path.join(lab.sandbox.workspace, "run.vcd");
  await page.goto(lab.serving.url);

  await test.step("an empty folder names what was searched", async () => {
    const empty = page.getByTestId("no-files");
    await expect(empty).toContainText(lab.sandbox.workspace);
    for (const extension of ["*.vcd", "*.fst", "*.ghw"]) await expect(empty).toContainText(extension);
  });

  await test.step("an empty file is empty, not broken, and opens when it is written", async () => {
    await writeFile(waves, "");
    await expect(file(page, "run.vcd")).toHaveAttribute("data-state", "empty");
    await writeFile(waves, two);
    await expect(file(page, "run.vcd")).toHaveAttribute("data-state", /discovered|ready/);
    await file(page, "run.vcd").click();
    await addAll(page, 1);
    await drawn(page, 1);
    await expect(value(page, "top.data[7:0]")).toHaveText("05");
  });

  await test.step("a truncated file is shown as far as it goes, and says so", async () => {
    await writeFile(waves, `${two}b1`);
    await expect(page.getByTestId("file-warning")).toContainText(/truncated at byte \d+/);
    await expect(file(page, "run.vcd").locator(".chip")).toHaveText("truncated");
    await drawn(page, 1);
    await writeFile(waves, two);
    await expect(page.getByTestId("file-warning")).toHaveCount(0);
  });

  await test.step("a file that goes is missing; when it comes back the rows are as they were", async () => {
    await rm(waves);
    await expect(row(page, "top.data[7:0]")).toHaveAttribute("data-state", "file-missing");
    await expect(page.getByTestId("file-problem")).toContainText("is gone");
    await writeFile(waves, two);
    await expect(row(page, "top.data[7:0]")).toHaveAttribute("data-state", "ready");
    await drawn(page, 1);
    await expect(value(page, "top.data[7:0]")).toHaveText("05");
  });

  await test.step("a file that needs a converter is sound, and says which", async () => {
    await lab.write("chip.vcd", `BZh91AY&SY${"\0".repeat(100)}`);
    await expect(file(page, "chip.vcd")).toHaveAttribute("data-unsupported", "true");
    await expect(file(page, "chip.vcd").locator(".chip")).toHaveText("unsupported");
    await expect(file(page, "chip.vcd").locator(".is-error")).toHaveCount(0);
    await file(page, "chip.vcd").click();
    await expect(page.getByTestId("file-problem")).toContainText(/bunzip2/);
    await file(page, "run.vcd").click();
    await expect(page.getByTestId("file-problem")).toHaveCount(0);
  });

  await test.step("an error in .novywave stands above everything, with its place, until it is mended", async () => {
    const config = path.join(lab.sandbox.workspace, ".novywave");
    await expect.poll(() => readFile(config, "utf8").catch(() => "")).toContain("top.data[7:0]");
    const text = await readFile(config, "utf8");
    await writeFile(config, `= 1\n${text}`);
    await expect(page.getByTestId("config-error")).toContainText("1:1");
    await writeFile(config, text);
    await expect(page.getByTestId("config-error")).toBeHidden();
  });
  expect(problems).toEqual([]);
});

test("R9.3 a server that ends and starts again: the page says so, keeps what it shows, and needs a new token", async ({
  page,
}) => {
  await page.goto(lab.serving.url);
  await drawn(page, 1);
  await lab.serving.stop();
  await expect(page.getByTestId("disconnected")).toContainText("Disconnected");
  await expect(page.getByTestId("connection")).not.toHaveAttribute("data-state", "open");
  // What was read stays readable.
  await expect(value(page, "top.data[7:0]")).toHaveText("05");
  await expect(timeline(page)).toHaveAttribute("data-rows", "1");
  await lab.restart();
  await page
    .getByRole("button", { name: "Retry now" })
    .click({ timeout: 2_000 })
    .catch(() => undefined);
  // The token of the first server is worthless now: the page says where the new one is.
  await expect(page.getByTestId("unauthorized")).toContainText("#token=");
  // Put into the same tab, as a person would.
  await page.goto(lab.serving.url);
  await drawn(page, 1);
  await expect(page.getByTestId("disconnected")).toHaveCount(0);
});

test("the line is cut and comes back by itself", async ({ page, context }) => {
  await page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    void page
      .exposeFunction("cutTheLine", () => {
        void socket.close({ code: 1012, reason: "cut" });
        void server.close();
      })
      .catch(() => undefined);
  });
  await page.goto(lab.serving.url);
  await drawn(page, 1);
  await page.evaluate("cutTheLine()");
  await expect(page.getByTestId("connection")).toHaveAttribute("data-state", "open");
  await drawn(page, 1);
  await page.keyboard.press("w");
  await drawn(page, 1);
  await context.close();
});
