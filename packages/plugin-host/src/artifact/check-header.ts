import { assertNever } from "@novywave/base";
import type { PluginFailure } from "../failure.js";
import { checkSections, maxSections } from "./component-sections.js";

/** Why the bytes are no whole component, each cause with its own message; undefined if they may be one. */
export function checkHeader(file: string, bytes: Uint8Array): PluginFailure | undefined {
  const sections = checkSections(bytes);
  if (sections.ok) return undefined;
  const { kind, byte } = sections.error;
  switch (kind) {
    case "empty":
      return { code: "artifact-truncated", message: `${file} is empty; a build is probably writing it` };
    case "truncated":
      return {
        code: "artifact-truncated",
        message: `${file} ends in the middle of a section that begins at byte ${byte}; a build is probably writing it`,
      };
    case "not-wasm":
      return {
        code: "not-a-component",
        message: `${file} is no WebAssembly: byte ${byte} is not that of a .wasm file`,
      };
    case "core-module":
      return {
        code: "core-module",
        message: `${file} is a core WebAssembly module; make a component of it (e.g. \`wasm-tools component new\`)`,
      };
    case "other-layer":
      return {
        code: "not-a-component",
        message: `${file} has a version of the component format that is not supported`,
      };
    case "too-many":
      return {
        code: "not-a-component",
        message: `${file} has more than ${maxSections} sections (byte ${byte}); no plugin needs so many`,
      };
    case "malformed":
      return { code: "not-a-component", message: `${file} is malformed at byte ${byte}` };
    default:
      return assertNever(kind);
  }
}
