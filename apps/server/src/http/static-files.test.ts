import fs from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, writeTree } from "../testing/temporary-folder.js";
import { readStaticFile } from "./static-files.js";

async function scene() {
  const folder = await temporaryFolder();
  await writeTree(folder, {
    "secret.txt": "secret",
    "ui/index.html": "<!doctype html>",
    "ui/assets/index-abc.js": "export {}",
    "ui/.hidden": "hidden",
  });
  const ui = path.join(folder, "ui");
  await fs.symlink(path.join(folder, "secret.txt"), path.join(ui, "link.txt"));
  return ui;
}

test("files of the folder are served with their type", async () => {
  const ui = await scene();
  expect(await readStaticFile(ui, "/")).toMatchObject({
    contentType: "text/html; charset=utf-8",
    immutable: false,
  });
  expect(await readStaticFile(ui, "/assets/index-abc.js")).toMatchObject({
    contentType: "text/javascript; charset=utf-8",
    immutable: true,
  });
});

test.each([
  "/../secret.txt",
  "/..%2fsecret.txt",
  "/%2e%2e/secret.txt",
  "/assets/../../secret.txt",
  "/..%5csecret.txt",
  "/link.txt",
  "/.hidden",
  "/assets",
  "/index.html%00.js",
  "/%",
  "/nothing.js",
])("%s is not served", async (urlPath) => {
  expect(await readStaticFile(await scene(), urlPath)).toBeUndefined();
});
