// Reads the part of WIT that the contract uses. What it does not know it refuses, with file and line.

/**
 * @typedef {{ kind: "name", name: string } | { kind: "primitive", name: string }
 *   | { kind: "list" | "option", element: Type } | { kind: "result", ok?: Type, error?: Type }
 *   | { kind: "tuple", elements: Type[] }} Type
 * @typedef {{ name: string, docs: string[], type?: Type }} Member
 * @typedef {{ kind: "record" | "variant" | "enum" | "type" | "func", name: string, docs: string[],
 *   members?: Member[], type?: Type, parameters?: Member[], result?: Type }} Item
 * @typedef {{ name: string, docs: string[], items: Item[], uses: { from: string, names: string[] }[] }} Interface
 * @typedef {{ name: string, docs: string[], imports: string[], exports: string[] }} World
 * @typedef {{ id: string, version: string, interfaces: Interface[], worlds: World[] }} Package
 */

const primitives = new Set("bool s8 u8 s16 u16 s32 u32 s64 u64 f32 f64 char string".split(" "));

/** @param {Record<string, string>} files file name to text @returns {Package} */
export function readWit(files) {
  /** @type {Package} */
  const result = { id: "", version: "", interfaces: [], worlds: [] };
  for (const [file, text] of Object.entries(files)) readFile(file, text, result);
  result.interfaces.sort((a, b) =>
    a.name === "types" ? -1 : b.name === "types" ? 1 : a.name < b.name ? -1 : 1,
  );
  return result;
}

function readFile(file, text, result) {
  const tokens = tokenise(file, text);
  let at = 0;
  const fail = (message) => {
    throw new Error(`${file}:${tokens[at]?.line ?? "end"}: ${message}`);
  };
  const peek = () => tokens[at]?.text;
  const next = () => tokens[at++]?.text ?? fail("the file ends too early");
  const docs = () => tokens[at]?.docs ?? [];
  const take = (expected) => {
    if (peek() !== expected) fail(`expected \`${expected}\`, found \`${peek()}\``);
    at++;
  };
  const accept = (expected) => peek() === expected && ++at > 0;
  const name = () =>
    /^%?[a-z][a-z0-9-]*$/.test(peek() ?? "")
      ? next().replace("%", "")
      : fail(`expected a name, found \`${peek()}\``);
  const members = (read) => {
    const list = [];
    take("{");
    while (!accept("}")) {
      list.push(read());
      if (!accept(",") && peek() !== "}") fail(`expected \`,\` or \`}\`, found \`${peek()}\``);
    }
    return list;
  };

  /** @returns {Type} */
  function type() {
    const word = name();
    if (primitives.has(word)) return { kind: "primitive", name: word };
    if (word === "list" || word === "option") {
      take("<");
      const element = type();
      take(">");
      return { kind: word, element };
    }
    if (word === "result") {
      if (!accept("<")) return { kind: "result" };
      const ok = accept("_") ? undefined : type();
      const error = accept(",") ? type() : undefined;
      take(">");
      return { kind: "result", ok, error };
    }
    if (word === "tuple") {
      take("<");
      const elements = [type()];
      while (accept(",")) elements.push(type());
      take(">");
      return { kind: "tuple", elements };
    }
    if (["flags", "resource", "own", "borrow", "future", "stream"].includes(word))
      fail(`\`${word}\` is not supported here`);
    return { kind: "name", name: word };
  }

  const field = () => {
    const member = { docs: docs(), name: name() };
    take(":");
    return { ...member, type: type() };
  };

  function readInterface() {
    const head = { docs: docs() };
    take("interface");
    const face = { ...head, name: name(), items: [], uses: [] };
    take("{");
    while (!accept("}")) {
      const comments = docs();
      if (accept("use")) {
        const from = name();
        take(".");
        const names = members(name);
        take(";");
        face.uses.push({ from, names });
      } else if (accept("record")) {
        face.items.push({ kind: "record", docs: comments, name: name(), members: members(field) });
      } else if (accept("enum")) {
        const label = () => ({ docs: docs(), name: name() });
        face.items.push({ kind: "enum", docs: comments, name: name(), members: members(label) });
      } else if (accept("variant")) {
        const one = () => {
          const member = { docs: docs(), name: name() };
          if (!accept("(")) return member;
          const payload = type();
          take(")");
          return { ...member, type: payload };
        };
        face.items.push({ kind: "variant", docs: comments, name: name(), members: members(one) });
      } else if (accept("type")) {
        const alias = name();
        take("=");
        face.items.push({ kind: "type", docs: comments, name: alias, type: type() });
        take(";");
      } else {
        const func = name();
        take(":");
        take("func");
        take("(");
        const parameters = [];
        while (!accept(")")) {
          parameters.push(field());
          if (!accept(",") && peek() !== ")") fail(`expected \`,\` or \`)\`, found \`${peek()}\``);
        }
        const output = accept("->") ? type() : undefined;
        take(";");
        face.items.push({ kind: "func", docs: comments, name: func, parameters, result: output });
      }
    }
    result.interfaces.push(face);
  }

  function readWorld() {
    const world = { docs: docs(), imports: [], exports: [] };
    take("world");
    world.name = name();
    take("{");
    while (!accept("}")) {
      const side = next();
      if (side === "import") world.imports.push(name());
      else if (side === "export") world.exports.push(name());
      else fail(`\`${side}\` is not supported in a world here`);
      take(";");
    }
    result.worlds.push(world);
  }

  take("package");
  const [id, version] = next().split("@");
  if (!id || !version) fail("expected `package namespace:name@version;`");
  if (result.id && (result.id !== id || result.version !== version))
    fail(`all files must be of package ${result.id}@${result.version}`);
  result.id = id;
  result.version = version;
  take(";");
  while (at < tokens.length) {
    if (peek() === "interface") readInterface();
    else if (peek() === "world") readWorld();
    else fail(`expected \`interface\` or \`world\`, found \`${peek()}\``);
  }
}

/** Words, punctuation and the package name; doc comments go with the token that follows them. */
function tokenise(file, text) {
  const tokens = [];
  let docs = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const comment = /^\s*\/\/\/ ?(.*)$/.exec(line);
    if (comment) {
      docs.push(comment[1].trimEnd());
      continue;
    }
    const code = line.replace(/\/\/.*$/, "");
    const pattern = /\s+|(?<token>[a-z0-9-]+:[a-z0-9-]+@[0-9.]+|->|%?[a-z][a-z0-9-]*|[{}()<>,;:.=_])/gy;
    while (pattern.lastIndex < code.length) {
      const start = pattern.lastIndex;
      const match = pattern.exec(code);
      if (!match) throw new Error(`${file}:${index + 1}: cannot read \`${code.slice(start)}\``);
      if (!match.groups.token) continue;
      tokens.push({ text: match.groups.token, line: index + 1, docs });
      docs = [];
    }
  }
  return tokens;
}
