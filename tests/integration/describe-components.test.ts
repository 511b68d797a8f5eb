import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe as describeComponent, inspect } from "@novywave/component-engine";
import { describe, expect, test } from "vitest";
import { repository } from "../support/novywave.js";

const shipped = path.join(repository, "plugins/dist");
const files = [
  path.join(repository, "packages/component-engine/fixtures/c-guest/guest.wasm"),
  ...readdirSync(shipped)
    .filter((name) => name.endsWith(".wasm"))
    .map((name) => path.join(shipped, name)),
];

/** In an order that does not depend on that of the definitions. */
function lines(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .toSorted();
}

describe("the description of a component from a real toolchain is WIT that others read", () => {
  test.each(files.map((file) => [path.basename(file), file]))("%s", async (_, file) => {
    const wit = describeComponent(inspect(await readFile(file)));
    const made = await componentNew(await componentEmbed({ dummy: true, witSource: wit, world: "root" }));
    expect(lines(describeComponent(inspect(made)))).toEqual(lines(wit));
  });
});
