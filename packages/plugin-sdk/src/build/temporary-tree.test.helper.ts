import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

export const minimalManifest = `id = "acme.test"
version = "0.1.0"
description = "A plugin for tests"
authors = ["Acme"]
license = "MIT"
`;

export const minimalSource = `
import { definePlugin } from "@novywave/plugin-sdk/guest";
export const lifecycle = definePlugin({ init: () => "ready" });
`;

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A folder of its own with the given files, by relative path; removed when the tests of the file are over. */
export async function temporaryTree(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "novywave-sdk-test-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}
