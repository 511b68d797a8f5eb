import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { warmUp } from "./warm-up.js";

it("the plugin with which a spare warms up loads, is called, and calls the host", async () => {
  await expect(warmUp()).resolves.toBeUndefined();
});

it("is up to date with the contract", () => {
  const generator = fileURLToPath(new URL("../../generate-warm-up.js", import.meta.url));
  execFileSync(process.execPath, [generator, "--check"]);
});
