import { readFileSync } from "node:fs";
import { WIT_FILES, WORLDS } from "@novywave/contract";
import { describe, expect, it } from "vitest";

const guide = readFileSync(new URL("../../../docs/plugins/authoring_guide.md", import.meta.url), "utf8");

/** The part of the guide on one capability. */
function chapter(capability: string): string {
  return guide.split(`### \`${capability}\``)[1]?.split(/^##/m)[0] ?? "";
}

describe("R10.4 the authoring guide", () => {
  it.each(WORLDS.plugin.imports)("describes every function and error of `%s`", (capability) => {
    const wit = WIT_FILES[`${capability}.wit`] ?? "";
    const functions = [...wit.matchAll(/^ {2}([a-z-]+): func/gm)].map((match) => match[1] ?? "");
    const variants = [...wit.matchAll(/variant [a-z-]+-error \{([^}]*)\}/g)].map((match) => match[1] ?? "");
    const cases = variants.flatMap((body) =>
      [...body.matchAll(/^ +([a-z-]+)[(,]/gm)].map((match) => match[1] ?? ""),
    );
    expect(functions.length).toBeGreaterThan(0);
    for (const name of functions) expect(chapter(capability)).toContain(`\`${name}(`);
    for (const name of cases) expect(chapter(capability)).toContain(`\`${name}\``);
  });
});
