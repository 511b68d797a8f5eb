import { compile, EngineError, type Component } from "@novywave/component-engine";
import type { WireLimits } from "../wire/messages.js";
import { engineLimits } from "./engine-limits.js";

/** Node 20 has extended constant expressions behind it; the engine names it to whose module needs it. */
const extendedConst = "--experimental-wasm-extended-const";
const isNode20 = process.versions.node.startsWith("20.");

/**
 * Compiles bytes under the plugin's limits. Components of the JavaScript toolchain have extended constant expressions; the flag
 * for them is set when the first one comes, and not before: with a flag that is not the default V8 takes over nothing that
 * Node compiled ahead, and each thread boots a fifth slower.
 */
export async function compileGuest(bytes: Uint8Array, limits: WireLimits): Promise<Component> {
  const options = { limits: engineLimits(limits) };
  try {
    return await compile(bytes, options);
  } catch (thrown) {
    const needsIt = isNode20 && thrown instanceof EngineError && thrown.message.includes(extendedConst);
    if (!needsIt) throw thrown;
    // Not imported: most threads do without it.
    process.getBuiltinModule("node:v8").setFlagsFromString(extendedConst);
    return await compile(bytes, options);
  }
}
