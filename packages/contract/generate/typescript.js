// Prints the contract as TypeScript. Values map as jco maps them; of 64-bit integers there are two readings:
// `bigint` in a host, `number` in a guest that runs in QuickJS (exact to 2^53). So of `none`: `undefined` and `null`.

const numbers = new Set("s8 u8 s16 u16 s32 u32 f32 f64".split(" "));

/** @typedef {import("./wit.js").Package} Package @typedef {import("./wit.js").Type} Type */
/** @typedef {{ wide: "bigint" | "number", none: "undefined" | "null" }} Options */

export const camel = (name) => name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
export const pascal = (name) => camel(`-${name}`);

/** @param {Type | undefined} type @param {Options} options @returns {string} */
function typeText(type, options) {
  if (!type) return "void";
  switch (type.kind) {
    case "primitive":
      if (numbers.has(type.name)) return "number";
      if (type.name === "u64" || type.name === "s64") return options.wide;
      return type.name === "bool" ? "boolean" : "string";
    case "name":
      return pascal(type.name);
    case "list":
      if (type.element.kind === "primitive" && type.element.name === "u8") return "Uint8Array";
      return `readonly ${bracket(typeText(type.element, options))}[]`;
    case "option":
      return `${typeText(type.element, options)} | ${options.none}`;
    case "tuple":
      return `readonly [${type.elements.map((element) => typeText(element, options)).join(", ")}]`;
    default:
      throw new Error(`a ${type.kind} stands only where a function returns it`);
  }
}

const bracket = (text) => (text.includes(" ") ? `(${text})` : text);

function docText(lines, indent) {
  if (lines.length === 0) return "";
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** @param {import("./wit.js").Item} item @param {Options} options */
function itemText(item, options) {
  const docs = docText(item.docs, "");
  const name = pascal(item.name);
  const members = item.members ?? [];
  if (item.kind === "type") return `${docs}export type ${name} = ${typeText(item.type, options)};\n`;
  if (item.kind === "enum") {
    return `${docs}export type ${name} = ${members.map((member) => `"${member.name}"`).join(" | ")};\n`;
  }
  if (item.kind === "variant") {
    const cases = members.map((member) => {
      const payload = member.type ? `; readonly val: ${typeText(member.type, options)}` : "";
      return `${docText(member.docs, "  ")}  | { readonly tag: "${member.name}"${payload} }`;
    });
    return `${docs}export type ${name} =\n${cases.join("\n")};\n`;
  }
  const fields = members.map((member) => {
    const optional = member.type?.kind === "option";
    const absent = optional && options.none !== "undefined" ? " | undefined" : "";
    const head = `${docText(member.docs, "  ")}  readonly ${camel(member.name)}${optional ? "?" : ""}`;
    return `${head}: ${typeText(member.type, options)}${absent};`;
  });
  return `${docs}export interface ${name} {\n${fields.join("\n")}\n}\n`;
}

/** Parameters and result as `(name: type): type`, and the doc comment with what is thrown. */
function signature(func, options, indent) {
  const failing = func.result?.kind === "result" ? func.result : undefined;
  const output = failing ? failing.ok : func.result;
  const docs = [...func.docs];
  if (failing?.error) docs.push(`@throws {${typeText(failing.error, options)}} the payload of the error`);
  const parameters = (func.parameters ?? []).map(
    (parameter) => `${camel(parameter.name)}: ${typeText(parameter.type, options)}`,
  );
  return { docs: docText(docs, indent), text: `(${parameters.join(", ")}): ${typeText(output, options)}` };
}

export const banner = "// Made from plugins/wit by packages/contract/generate.js; do not edit.\n";
const full = (pkg, face) => `${pkg.id}/${face.name}@${pkg.version}`;

/** @param {Package} pkg @param {Options} options */
export function typesText(pkg, options) {
  const parts = [banner];
  for (const face of pkg.interfaces) {
    const functions = face.items.filter((item) => item.kind === "func");
    for (const item of face.items) if (item.kind !== "func") parts.push(itemText(item, options));
    if (functions.length === 0) continue;
    const methods = functions.map((func) => {
      const { docs, text } = signature(func, options, "  ");
      return `${docs}  ${camel(func.name)}${text};`;
    });
    parts.push(
      `${docText(face.docs, "")}export interface ${pascal(face.name)} {\n${methods.join("\n")}\n}\n`,
    );
  }
  return parts.join("\n");
}

/** @param {Package} pkg */
export function constantsText(pkg, files) {
  const interfaces = pkg.interfaces.map((one) => `  ${camel(one.name)}: "${full(pkg, one)}",\n`).join("");
  const worlds = pkg.worlds
    .map(
      (world) =>
        `  "${world.name}": { imports: ${JSON.stringify(world.imports)}, exports: ${JSON.stringify(world.exports)} },\n`,
    )
    .join("");
  return `${banner}
/** Version of the contract; a plugin built for 0.1.0 loads on a host of 0.1.x. */
export const CONTRACT_VERSION = "${pkg.version}";

/** Full names of the interfaces, as components import and export them. */
export const INTERFACES = {
${interfaces}} as const;

/** Worlds and the names of the interfaces that each imports and exports. */
export const WORLDS = {
${worlds}} as const;

/** The files of plugins/wit, by file name. */
export const WIT_FILES: Readonly<Record<string, string>> = {
${Object.entries(files)
  .map(([file, text]) => `  "${file}": ${JSON.stringify(text)},\n`)
  .join("")}};

/** The whole contract as one WIT document. */
export const WIT: string = ${JSON.stringify(wholeWit(pkg, files))};
`;
}

/** The whole contract as one WIT document. */
export function wholeWit(pkg, files) {
  const bodies = Object.values(files).map((text) => text.replace(/^package .*;\n/m, ""));
  return `package ${pkg.id}@${pkg.version};\n${bodies.join("")}`;
}

/** Ambient modules under the names that a guest imports. @param {Package} pkg */
export function modulesText(pkg) {
  const options = { wide: "number", none: "null" };
  const imported = new Set(pkg.worlds.flatMap((world) => world.imports));
  const parts = [banner];
  for (const face of pkg.interfaces) {
    if (!imported.has(face.name)) continue;
    const functions = face.items.filter((item) => item.kind === "func");
    const types = [
      ...face.uses.flatMap((use) => use.names),
      ...face.items.filter((item) => item.kind !== "func").map((item) => item.name),
    ].map(pascal);
    const text = functions.map((func) => {
      const { docs, text } = signature(func, options, "  ");
      return `${docs}  export function ${camel(func.name)}${text};`;
    });
    const uses =
      types.length > 0 ? `  import type { ${types.join(", ")} } from "@novywave/contract/guest";\n` : "";
    parts.push(`declare module "${full(pkg, face)}" {\n${uses}${text.join("\n")}\n}\n`);
  }
  return parts.join("\n");
}
