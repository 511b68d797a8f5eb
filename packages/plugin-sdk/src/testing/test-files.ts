import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Where tests lie in a plugin's folder. */
export const testFolders = ["test", "src"] as const;

/** Whether there is a test to run: what a test runner says about none is no help to an author. */
export async function hasTests(folder: string): Promise<boolean> {
  for (const name of testFolders) {
    const files = await readdir(join(folder, name), { recursive: true }).catch((): string[] => []);
    if (files.some((file) => /\.test\.[jt]s$/.test(file))) return true;
  }
  return false;
}

/** What to do where there are none. */
export function noTests(folder: string): string {
  return `there are no tests in ${folder}. A test is a file test/<name>.test.ts, for example test/init.test.ts:

  import { buildArtifact, runPlugin } from "@novywave/plugin-sdk/testing";
  import { expect, it } from "vitest";

  it("starts", async () => {
    const run = await runPlugin({ artifact: await buildArtifact(new URL("..", import.meta.url)) });
    expect(run.metadata.description).toBe("ready"); // what init returns
    await run.dispose();
  });
`;
}
