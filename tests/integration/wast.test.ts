import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, test } from "vitest";
import { runScript } from "../../packages/component-engine/dist/testing/wast/run-script.test.helper.js";
import { repository } from "../support/novywave.js";

const folder = path.join(repository, "tests/wast");
const scripts = readdirSync(folder).filter((name) => name.endsWith(".wast"));

describe("component scripts (tests/wast)", () => {
  test.each(scripts)("%s", async (name) => {
    const outcomes = await runScript(await readFile(path.join(folder, name), "utf8"), { parse });
    expect(outcomes.length).toBeGreaterThan(0);
    expect(outcomes.filter((outcome) => outcome.kind !== "passed" || outcome.byTextTool)).toEqual([]);
  });

  test("every section of the scripts says which paragraph it is about", async () => {
    for (const name of scripts) {
      const [first] = (await readFile(path.join(folder, name), "utf8")).split("\n", 1);
      expect(first, name).toMatch(/^;; (?:Binary|CanonicalABI|Explainer)\.md/);
    }
  });
});
