import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folders = ["plugins", "examples"]
  .flatMap((tree) => readdirSync(root + tree).map((name) => `${tree}/${name}`))
  .filter((folder) => existsSync(`${root}${folder}/tsconfig.json`));

describe("plugins in TypeScript", () => {
  it.each(folders)("%s has no type errors against the SDK", async (folder) => {
    const tsc = `${root}node_modules/typescript/bin/tsc`;
    const checked = await promisify(execFile)(process.execPath, [tsc, "-p", folder], { cwd: root }).catch(
      (error: unknown) => error,
    );
    expect(checked).toMatchObject({ stdout: "" });
  });
});
