import { Visitor, parseSync } from "oxc-parser";

/**
 * @typedef {object} Import
 * @property {string | undefined} specifier undefined when a dynamic import takes more than a literal
 * @property {boolean} type true when nothing of it is left at run time
 * @property {number} line counted from 1
 */

/**
 * All imports of one source text: `import`, `export … from`, `import()`, `import type`, `import("x").T`,
 * `import x = require()`, `require()`.
 *
 * `import { type A } from "x"` counts as a value: with `verbatimModuleSyntax` the module is loaded for it.
 *
 * @param {string} path
 * @param {string} text
 * @returns {{ imports: Import[], errors: { message: string, line: number }[] }}
 */
export function readImports(path, text) {
  const { program, errors } = parseSync(path, text);
  const starts = lineStarts(text);
  /** @type {Import[]} */
  const imports = [];
  const add = (node, source, type) =>
    imports.push({
      specifier: source?.type === "Literal" && typeof source.value === "string" ? source.value : undefined,
      type,
      line: lineAt(starts, node.start),
    });
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source, node.importKind === "type"),
    ExportAllDeclaration: (node) => add(node, node.source, node.exportKind === "type"),
    ExportNamedDeclaration: (node) => {
      if (node.source) add(node, node.source, node.exportKind === "type");
    },
    ImportExpression: (node) => add(node, node.source, false),
    TSImportType: (node) => add(node, node.source, true),
    TSExternalModuleReference: (node) => add(node, node.expression, false),
    CallExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name === "require" && node.arguments.length === 1)
        add(node, node.arguments[0], false);
    },
  }).visit(program);
  return {
    imports,
    errors: errors.map((error) => ({
      message: error.message,
      line: lineAt(starts, error.labels[0]?.start ?? 0),
    })),
  };
}

function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts, offset) {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
