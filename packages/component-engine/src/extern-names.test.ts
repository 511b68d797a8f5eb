import { describe, expect, test } from "vitest";
import { compile, EngineError, instantiate } from "./index.js";
import { componentOf, section, text, vec, type Bytes } from "./testing/bytes.test.helper.js";

interface Attributes {
  readonly implements?: string;
  readonly versionSuffix?: string;
}

const emptyInstanceType = section(7, vec([[0x42, 0]]));

/** A component that imports an empty instance. In bytes: the text of a version suffix differs between versions of the tools. */
function importing(name: string, attributes: Attributes): Uint8Array {
  const list: Bytes[] = [];
  if (attributes.implements !== undefined) list.push([0, ...text(attributes.implements)]);
  if (attributes.versionSuffix !== undefined) list.push([1, ...text(attributes.versionSuffix)]);
  return componentOf(emptyInstanceType, section(10, vec([[2, ...text(name), ...vec(list), 0x05, 0]])));
}

async function refusal(name: string, attributes: Attributes): Promise<string | undefined> {
  try {
    await compile(importing(name, attributes));
    return undefined;
  } catch (error) {
    if (error instanceof EngineError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('a version suffix makes a version of a canonical one (Binary.md, "Import and Export Definitions")', () => {
  test.each([
    ["1", ".2.3"],
    ["1", ".2.3+build-5"],
    ["1", ".2.3-alpha.1+build"],
    ["0.2", ".6"],
    ["0.0.1", "+build"],
    ["0.0.1", "-alpha"],
    ["0.0.1", ""],
  ])('"%s" and "%s"', async (version, versionSuffix) => {
    expect(await refusal(`a:b/c@${version}`, { versionSuffix })).toBeUndefined();
    expect(await refusal("mine", { implements: `a:b/c@${version}`, versionSuffix })).toBeUndefined();
  });

  test.each([
    ["1", ""],
    ["1", ".2"],
    ["1", "-alpha"],
    ["1", ".2.3.4"],
    ["1", "2.0.0"],
    ["0.0.1", "2"],
    ["1.2", ".3"],
    ["0.0", ".1"],
    ["01", ".2.3"],
    ["1.0.0", "+build"],
    ["0.2.1", ""],
    ["0.0.1-alpha", "+build"],
  ])('not "%s" and "%s"', async (version, versionSuffix) => {
    const why = /^invalid: .* with the version suffix/;
    expect(await refusal(`a:b/c@${version}`, { versionSuffix })).toMatch(why);
    expect(await refusal("mine", { implements: `a:b/c@${version}`, versionSuffix })).toMatch(why);
  });

  test("it needs the version of an interface to belong to", async () => {
    expect(await refusal("mine", { versionSuffix: ".2.3" })).toMatch(
      /^invalid: "mine" with the version suffix/,
    );
    expect(await refusal("a:b/c", { versionSuffix: ".2.3" })).toMatch(/^invalid/);
    expect(await refusal("mine", { implements: "a:b/c", versionSuffix: ".2.3" })).toMatch(/^invalid/);
    expect(await refusal("mine", { implements: "a:b/c@1" })).toMatch(/^invalid/);
  });

  test("the rest of the version does not matter to who gives the import", async () => {
    const component = await compile(importing("a:b/c@0.2", { versionSuffix: ".6" }));
    expect(component.imports.map((item) => item.name)).toEqual(["a:b/c@0.2"]);
    expect(() => instantiate(component, { "a:b/c@0.2.1": {} })).not.toThrow();
  });
});

test("an interface of a nested package is refused by name where it is implemented, too", async () => {
  expect(await refusal("mine", { implements: "a:b:c/d" })).toMatch(/^unsupported: nested namespaces/);
});
