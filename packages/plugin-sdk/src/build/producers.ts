import { readFileSync } from "node:fs";
import { byteString, unsignedLeb128 } from "./section.js";

/** Which tools made a component, with versions, by the field names of the tool conventions. */
export type Producers = Readonly<Record<"language" | "processed-by", Readonly<Record<string, string>>>>;

/** What this package builds with: versions as its own package.json pins them. */
export function ownProducers(language: string): Producers {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const tools = ["rolldown", "componentize-qjs"].map((tool) => [tool, manifest.dependencies[tool] ?? ""]);
  return {
    language: { [language]: "" },
    "processed-by": { [manifest.name]: manifest.version, ...Object.fromEntries(tools) },
  };
}

/** Content of the custom section `producers` (WebAssembly tool conventions, ProducersSection.md). */
export function encodeProducers(producers: Producers): Uint8Array {
  const fields = Object.entries(producers);
  const parts = [unsignedLeb128(fields.length)];
  for (const [field, values] of fields) {
    const entries = Object.entries(values);
    parts.push(byteString(field), unsignedLeb128(entries.length));
    for (const [name, version] of entries) parts.push(byteString(name), byteString(version));
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
