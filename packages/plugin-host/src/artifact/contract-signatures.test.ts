import { inspect } from "@novywave/component-engine";
import { INTERFACES, WIT } from "@novywave/contract";
import { expect, it } from "vitest";
import { dummyBytes } from "../testing/puppet.test.helper.js";
import { contractSignatures } from "./contract-signatures.js";
import { signature } from "./signature.js";

it("the types that artifacts are compared with are those of plugins/wit", async () => {
  const names = Object.keys(INTERFACES).filter((name) => name !== "types");
  const exported = ["lifecycle", "smoke"];
  const imports = names.filter((name) => !exported.includes(name)).map((name) => `import ${name};`);
  const exports = exported.map((name) => `export ${name};`);
  const bytes = await dummyBytes(
    `${WIT}\nworld whole { ${imports.join(" ")} ${exports.join(" ")} }`,
    "whole",
  );
  const info = inspect(bytes);
  const table: Record<string, Record<string, string>> = {};
  for (const item of [...info.imports, ...info.exports]) {
    if (item.kind !== "instance" || item.type.functions.length === 0) continue;
    const name = names.find((candidate) =>
      Object.entries(INTERFACES).some(([key, full]) => key === candidate && full === item.name),
    );
    table[name ?? item.name] = Object.fromEntries(
      item.type.functions.map((func) => [func.name, signature(func.type)]),
    );
  }
  expect(contractSignatures).toEqual(table);
});
