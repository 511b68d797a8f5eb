import type { ComponentExtern, InterfaceFunction, InterfaceNamedType, InterfaceType } from "../plan.js";
import { parseMemberName } from "../names.js";
import { TypeNames } from "./type-names.js";
import { TypeWriter } from "./write-type.js";
import { identifier, path, Writer } from "./writer.js";

/** The longest description, in UTF-16 code units. */
const maxDescription = 4 * 1024 * 1024;

interface World {
  readonly imports: readonly ComponentExtern[];
  readonly exports: readonly ComponentExtern[];
}

/** The world of a component as WIT, with the bodies of the interfaces it imports and exports, grouped by package. */
export function describe(component: World): string {
  const names = new TypeNames([...component.imports, ...component.exports]);
  const out = new Writer(maxDescription);
  out.line("package root:component;");
  out.line("");
  out.block("world root", () => {
    for (const extern of component.imports) writeExtern("import", extern, names, out);
    if (component.imports.length > 0 && component.exports.length > 0) out.line("");
    for (const extern of component.exports) writeExtern("export", extern, names, out);
  });
  for (const [name, interfaces] of packagesOf(component)) {
    out.block(`package ${path(name)}`, () => {
      for (const item of interfaces.values()) {
        out.block(`interface ${identifier(item.name)}`, () =>
          writeBody(item.fullName, item.type, names, out),
        );
      }
    });
  }
  return out.toString();
}

function writeExtern(
  direction: "import" | "export",
  extern: ComponentExtern,
  names: TypeNames,
  out: Writer,
): void {
  switch (extern.kind) {
    case "func":
      out.line(
        `${direction} ${identifier(extern.name)}: ${new TypeWriter(names, undefined, out).func(extern.type)};`,
      );
      return;
    case "type":
      writeTypes(undefined, [extern], names, out);
      return;
    case "instance":
      if (splitName(extern.name) !== undefined) {
        out.line(`${direction} ${path(extern.name)};`);
        return;
      }
      out.block(`${direction} ${identifier(extern.name)}: interface`, () => {
        writeBody(extern.name, extern.type, names, out);
      });
  }
}

function writeBody(owner: string, type: InterfaceType, names: TypeNames, out: Writer): void {
  writeTypes(owner, type.types, names, out, type.functions);
  const writer = new TypeWriter(names, owner, out);
  const plain = type.functions.filter((func) => !func.name.startsWith("["));
  for (const func of plain) out.line(`${identifier(func.name)}: ${writer.func(func.type)};`);
}

function writeTypes(
  owner: string | undefined,
  types: readonly InterfaceNamedType[],
  names: TypeNames,
  out: Writer,
  functions: readonly InterfaceFunction[] = [],
): void {
  const uses = new Map<string, string[]>();
  const own: InterfaceNamedType[] = [];
  for (const item of types) {
    const origin = names.origin(item.type);
    if (origin?.owner === undefined || origin.owner === owner || splitName(origin.owner) === undefined) {
      own.push(item);
      continue;
    }
    const source = usePath(origin.owner, owner);
    const name = identifier(origin.name);
    const list = uses.get(source) ?? [];
    list.push(origin.name === item.name ? name : `${name} as ${identifier(item.name)}`);
    uses.set(source, list);
  }
  for (const [source, list] of uses) out.line(`use ${source}.{${list.join(", ")}};`);
  const writer = new TypeWriter(names, owner, out);
  for (const { name, type } of own) {
    if (type.kind === "resource") writeResource(name, functions, writer, out);
    else writer.define(name, type);
  }
}

function writeResource(
  name: string,
  functions: readonly InterfaceFunction[],
  writer: TypeWriter,
  out: Writer,
): void {
  const members: string[] = [];
  for (const func of functions) {
    const parsed = parseMemberName(func.name);
    if (parsed?.resource !== name) continue;
    if (parsed.kind === "constructor") {
      members.push(`constructor${writer.made(func.type)};`);
      continue;
    }
    const { params } = func.type;
    const text =
      parsed.kind === "static"
        ? `static ${writer.func(func.type)}`
        : writer.func({ ...func.type, params: params.slice(1) });
    members.push(`${identifier(parsed.name)}: ${text};`);
  }
  if (members.length === 0) {
    out.line(`resource ${identifier(name)};`);
    return;
  }
  out.block(`resource ${identifier(name)}`, () => {
    for (const member of members) out.line(member);
  });
}

interface NamedInterface {
  readonly name: string;
  readonly fullName: string;
  readonly type: InterfaceType;
}

/** The interfaces by package. One that is both imported and exported is shown once, with all it has on either side. */
function packagesOf(component: World): Map<string, Map<string, NamedInterface>> {
  const packages = new Map<string, Map<string, NamedInterface>>();
  for (const extern of [...component.exports, ...component.imports]) {
    if (extern.kind !== "instance") continue;
    const parts = splitName(extern.name);
    if (parts === undefined) continue;
    const interfaces = packages.get(parts.package) ?? new Map<string, NamedInterface>();
    packages.set(parts.package, interfaces);
    const known = interfaces.get(parts.name);
    const type = known === undefined ? extern.type : merge(known.type, extern.type);
    interfaces.set(parts.name, { name: parts.name, fullName: extern.name, type });
  }
  return packages;
}

function merge(a: InterfaceType, b: InterfaceType): InterfaceType {
  return { functions: join(a.functions, b.functions), types: join(a.types, b.types) };
}

function join<T extends { readonly name: string }>(first: readonly T[], second: readonly T[]): T[] {
  const names = new Set(first.map((item) => item.name));
  return [...first, ...second.filter((item) => !names.has(item.name))];
}

/** `ns:pkg/iface@1.0.0` is package `ns:pkg@1.0.0`, name `iface`. */
function splitName(fullName: string): { readonly package: string; readonly name: string } | undefined {
  const match = /^([^/@]+)\/([^@]+)(@.+)?$/.exec(fullName);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { package: `${match[1]}${match[3] ?? ""}`, name: match[2] };
}

function usePath(target: string, from: string | undefined): string {
  const to = splitName(target);
  if (to !== undefined && from !== undefined && splitName(from)?.package === to.package)
    return identifier(to.name);
  return path(target);
}
