import { componentEmbed, componentNew } from "@bytecodealliance/jco-transpile/wasm-tools";
import { banner, wholeWit } from "./typescript.js";

/**
 * `world.ts`: the contract as a component, the form in which an engine compares types. It imports all that the host offers,
 * exports every interface that the host may call, and its functions trap.
 * @param {Package} pkg
 * @param {Record<string, string>} files
 */
export async function worldText(pkg, files) {
  const exported = new Set(pkg.worlds.flatMap((world) => world.exports));
  const imported = new Set(pkg.worlds.flatMap((world) => world.imports));
  const lines = [
    ...[...imported].map((name) => `import ${name};`),
    ...[...exported].map((name) => `export ${name};`),
  ];
  const witSource = `${wholeWit(pkg, files)}\nworld host-world { ${lines.join(" ")} }\n`;
  const bytes = await componentNew(await componentEmbed({ dummy: true, witSource, world: "host-world" }));
  return `${banner}
/** A component that imports what the host offers and exports what it may call, in base64; see generate/world.js. */
export const HOST_WORLD_COMPONENT: string =
  "${Buffer.from(bytes).toString("base64")}";
`;
}
