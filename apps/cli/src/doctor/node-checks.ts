import type { Check } from "./check.js";

/** The last day on which a release line of Node is kept up (nodejs/Release, schedule.json). */
const endOfLife: ReadonlyMap<number, string> = new Map([
  [20, "2026-04-30"],
  [21, "2024-06-01"],
  [22, "2027-04-30"],
  [23, "2025-06-01"],
  [24, "2028-04-30"],
  [25, "2026-06-01"],
  [26, "2029-04-30"],
]);

/** @param version as in `process.versions.node` */
export function checkNode(version: string, nowMs: number): Check {
  const major = majorOf(version);
  const end = endOfLife.get(major);
  if (end !== undefined && nowMs > Date.parse(end))
    return {
      name: "node",
      state: "warning",
      message: `Node ${version}: this line ended on ${end} and gets no security fixes any more. NovyWave runs on it, but install a current one from https://nodejs.org.`,
    };
  const until = end === undefined ? "" : `, kept up until ${end}`;
  return { name: "node", state: "ok", message: `Node ${version}${until}` };
}

/** The second wall around plugins: Node's permission model, in the process that runs them. */
export function checkPermissionModel(version: string, flags: { has(flag: string): boolean }): Check {
  const name = "permission-model";
  const major = majorOf(version);
  const flag = ["--permission", "--experimental-permission"].find((candidate) => flags.has(candidate));
  if (flag === undefined)
    return {
      name,
      state: "warning",
      message: `This Node has no permission model, so the plugin process is confined by NovyWave's own checks only. Use Node 22 or newer.`,
    };
  const lacking = [
    ...(flag === "--experimental-permission"
      ? ["the model is experimental here (Node 22 and newer have it stable)"]
      : []),
    ...(major < 25 ? ["the network is not denied (Node 25 and newer deny it)"] : []),
    // No version has these; see docs/adr/0002-walls-around-plugins.md.
    "links that lie in the program's own folder are followed",
    "it confines JavaScript: who breaks out of V8 itself has your rights, and could end this program",
  ];
  return {
    name,
    state: major < 25 ? "warning" : "ok",
    message: `The plugin process runs with ${flag}: no files beside the program, no other processes, no native code${
      major < 25 ? "" : ", no network"
    }. What it lacks: ${lacking.join("; ")}.`,
  };
}

/**
 * Components made from TypeScript use extended constant expressions in WebAssembly.
 * @param available whether they compile in this process, which sets no flag
 */
export function checkExtendedConst(available: boolean): Check {
  return {
    name: "extended-const",
    state: "ok",
    message: available
      ? "WebAssembly's extended constant expressions are available"
      : "WebAssembly's extended constant expressions need --experimental-wasm-extended-const on this Node; NovyWave sets it for its plugins",
  };
}

// Node has it; the type library for Node does not.
declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

/** (module (global i32 (i32.add (i32.const 1) (i32.const 2)))) */
const extendedConstModule = Uint8Array.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 6, 9, 1, 0x7f, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b,
]);

export function hasExtendedConst(): boolean {
  return WebAssembly.validate(extendedConstModule);
}

function majorOf(version: string): number {
  return Number(version.split(".")[0]);
}
