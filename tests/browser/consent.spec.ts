import { copyFile, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { repository } from "../support/novywave.js";
import { collectProblems, openLab, type Lab } from "../support/page.js";

const config = `[plugins]
schema_version = 1

[[plugins.entries]]
id = "acme.tool"
enabled = true
artifact_path = "bin/tool.wasm"
`;

let lab: Lab;
test.beforeEach(async () => {
  lab = await openLab();
  await mkdir(path.join(lab.sandbox.workspace, "bin"));
  await build("hello_world");
  await lab.write(".novywave", config);
});
test.afterEach(async () => {
  await lab.close();
});

/** Puts a build in its place: a plugin that ships, under a hash that nobody knows. */
async function build(name: string): Promise<void> {
  const bin = path.join(lab.sandbox.workspace, "bin");
  await copyFile(path.join(repository, `plugins/dist/${name}_plugin.wasm`), path.join(bin, "next"));
  const bytes = await readFile(path.join(bin, "next"));
  await writeFile(path.join(bin, "next"), Buffer.concat([bytes, Buffer.from([0, 2, 1, 0x78])]));
  await rename(path.join(bin, "next"), path.join(bin, "tool.wasm"));
}

test("a person denies, approves, keeps the approved build, approves a newer one, and takes it all back", async ({
  page,
}) => {
  const problems = collectProblems(page);
  const plugin = page.getByTestId("plugin:acme.tool");
  const message = page.getByTestId("plugin-message:acme.tool");
  const dialog = page.getByRole("alertdialog");
  const press = (name: string | RegExp) => plugin.getByRole("button", { name }).click();
  await page.goto(lab.serving.url);
  await page.getByTitle("Plugins (P)").click();

  await test.step("denied, it is switched off in the file", async () => {
    await expect(plugin).toHaveAttribute("data-state", "needs-consent");
    await press("Deny");
    await expect(plugin).toHaveAttribute("data-state", "disabled");
    await expect
      .poll(() => readFile(path.join(lab.sandbox.workspace, ".novywave"), "utf8"))
      .toContain("enabled = false");
  });

  await test.step("switched on again, it does not ask again", async () => {
    await plugin.getByRole("switch").click();
    await expect(plugin).toHaveAttribute("data-state", "needs-consent");
    await expect(message).toContainText("You denied what it asks for");
    await expect(plugin.getByText("Denied", { exact: true })).toBeVisible();
    await expect(plugin.getByRole("button", { name: "Deny" })).toHaveCount(0);
  });

  await test.step("whoever changes his mind approves with the keyboard alone, and it runs", async () => {
    await plugin.getByRole("button", { name: "Review again…" }).focus();
    await page.keyboard.press("Enter");
    await expect(dialog).toContainText("Let acme.tool run?");
    await expect(dialog).toContainText(/[0-9a-f]{64}/);
    await dialog.getByRole("button", { name: "Grant" }).focus();
    await page.keyboard.press("Enter");
    await expect(plugin).toHaveAttribute("data-state", "ready");
    await expect(dialog).toBeHidden();
  });

  await test.step("a newer build that asks for more waits; the approved one runs on", async () => {
    await build("waveform_scanner");
    await expect(message).toContainText(
      "Keeps running the approved build; a newer one (0.1.0) asks to use logging, filesystem, watch, relay",
    );
    await expect(plugin).toHaveAttribute("data-state", "ready");
    await expect(plugin.getByRole("region", { name: /newer build/ })).toContainText("filesystem");
    await press("Review the newer build…");
    await dialog.getByRole("button", { name: "Keep the approved build" }).click();
    await expect(message).toContainText("Keeps running");
  });

  await test.step("after a restart it still does", async () => {
    await page.goto("about:blank");
    await lab.restart();
    await page.goto(lab.serving.url);
    await page.getByTitle("Plugins (P)").click();
    await expect(message).toContainText("Keeps running", { timeout: 30_000 });
    await expect(plugin).toHaveAttribute("data-state", "ready");
  });

  await test.step("approved, the newer one takes over", async () => {
    await press("Review the newer build…");
    await dialog.getByRole("button", { name: "Grant" }).click();
    await expect(message).not.toContainText("Keeps running");
    await expect(plugin).toHaveAttribute("data-state", "ready");
  });

  await test.step("taken back, it is unloaded", async () => {
    await press("Revoke…");
    await dialog.getByRole("button", { name: "Revoke" }).click();
    await expect(plugin).toHaveAttribute("data-state", "needs-consent");
  });
  expect(problems).toEqual([]);
});

test("R4.7 a link out of the workspace is shown to the person, and to no plugin", async ({ page }) => {
  const scratch = await mkdtemp(path.join(tmpdir(), "novywave-scratch-"));
  try {
    await writeFile(path.join(scratch, "secret.vcd"), "$timescale 1ns $end $enddefinitions $end #0\n");
    await symlink(scratch, path.join(lab.sandbox.workspace, "run"));
    await lab.write(
      ".novywave",
      `[plugins]
schema_version = 1

[[plugins.entries]]
id = "novywave.waveform_scanner"
enabled = true
artifact_path = "builtin:waveform_scanner"
config = { directories = ["."] }
`,
    );
    await page.goto(lab.serving.url);
    await page.getByTitle("Plugins (P)").click();
    const plugin = page.getByTestId("plugin:novywave.waveform_scanner");
    await expect(plugin).toHaveAttribute("data-state", "ready");
    const links = plugin.getByRole("region", { name: /may not follow/ });
    await expect(links).toContainText(`${path.join(lab.sandbox.workspace, "run")} → ${scratch}`);
    await expect(links).toContainText(`--allow-dir ${scratch}`);
    await expect(page.getByText("secret.vcd")).toHaveCount(0);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});
