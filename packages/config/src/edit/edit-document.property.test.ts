import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documents } from "../testing/documents.test.gen.js";
import { parseToml } from "../toml/parse.js";
import { buildTree, nodeAt } from "../toml/tree.js";
import { isArray, isTable, sameToml, type Toml, type TomlTable, type TomlValue } from "../toml/value.js";
import { editDocument } from "./edit-document.js";
import { applyToModel, type ConfigEdit, type EditPath } from "./model.js";

const RUNS = { numRuns: 300, includeErrorInReport: true };

function modelOf(text: string): TomlTable {
  const parsed = parseToml(text);
  if (!parsed.ok) throw new Error(`${parsed.error.message} at line ${parsed.error.line} of\n${text}`);
  return parsed.value;
}

function pathsOf(value: Toml, path: EditPath = []): EditPath[] {
  const children: [string | number, Toml][] = isTable(value)
    ? [...value]
    : isArray(value)
      ? [...value.entries()]
      : [];
  return children.flatMap(([step, child]) => {
    const at = [...path, step];
    return [at, ...pathsOf(child, at)];
  });
}

function valueAt(root: Toml, path: EditPath): Toml | undefined {
  return path.reduce<Toml | undefined>(
    (value, step) =>
      isTable(value)
        ? value.get(String(step))
        : isArray(value) && typeof step === "number"
          ? value[step]
          : undefined,
    root,
  );
}

const values: fc.Arbitrary<TomlValue> = fc.letrec<{ value: TomlValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.oneof(
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.string({ unit: "grapheme", maxLength: 8 }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "new", "n m", "é"), tie("value"), { maxKeys: 3 }),
  ),
})).value;

function expectEdited(text: string, edits: readonly ConfigEdit[]): string {
  const expected = edits.reduce((model, edit) => applyToModel(model, edit), modelOf(text));
  const edited = editDocument(text, edits);
  if (!edited.ok) throw new Error(`${edited.error.code}: ${edited.error.message}\n${text}`);
  expect(sameToml(modelOf(edited.value), expected)).toBe(true);
  return edited.value;
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const character of part) {
    at = whole.indexOf(character, at);
    if (at === -1) return false;
    at += character.length;
  }
  return true;
}

describe("R2.3 editDocument on generated documents", () => {
  it("changes a value and nothing outside it", () => {
    fc.assert(
      fc.property(documents, fc.nat(), values, (text, pick, value) => {
        const model = modelOf(text);
        const paths = pathsOf(model);
        fc.pre(paths.length > 0);
        const path = paths[pick % paths.length] ?? [];
        const { node } = nodeAt(buildTree(text).root, path);
        const edited = expectEdited(text, [{ path, value }]);
        if (node.kind !== "scalar") return;
        const { start, end } = node.syntax;
        expect(edited.slice(0, start)).toBe(text.slice(0, start));
        expect(edited.slice(edited.length - (text.length - end))).toBe(text.slice(end));
      }),
      RUNS,
    );
  });

  it("adds a key or an element and takes nothing away", () => {
    fc.assert(
      fc.property(documents, fc.nat(), values, (text, pick, value) => {
        const model = modelOf(text);
        const places: EditPath[] = [[], ...pathsOf(model)].filter((path) => {
          const at = valueAt(model, path);
          return isTable(at) || isArray(at);
        });
        const place = places[pick % places.length] ?? [];
        const container = valueAt(model, place);
        const step = isArray(container) ? container.length : "added key";
        const { node } = nodeAt(buildTree(text).root, place);
        // Only a table can be added to an array of tables and leave it one.
        const added = node.kind === "section-array" ? { added: value } : value;
        const edited = expectEdited(text, [{ path: [...place, step], value: added }]);
        expect(isSubsequence(text.trimEnd(), edited)).toBe(true);
        expect(edited.endsWith("\n")).toBe(text.endsWith("\n") || text.replace("\uFEFF", "") === "");
        expect(edited.startsWith("\uFEFF")).toBe(text.startsWith("\uFEFF"));
        if (text.includes("\r\n")) expect(edited.replaceAll("\r\n", "")).not.toContain("\n");
      }),
      RUNS,
    );
  });

  it("removes a key or an element and leaves the rest", () => {
    fc.assert(
      fc.property(documents, fc.nat(), (text, pick) => {
        const paths = pathsOf(modelOf(text));
        fc.pre(paths.length > 0);
        const path = paths[pick % paths.length] ?? [];
        const edited = expectEdited(text, [{ path, remove: true }]);
        expect(edited.startsWith("\uFEFF")).toBe(text.startsWith("\uFEFF"));
        const content = edited.replace("\uFEFF", "");
        if (content !== "") expect(content.endsWith("\n")).toBe(text.endsWith("\n"));
        // Only a container that lost its last part may need a new word to stay there.
        const parent = valueAt(modelOf(edited), path.slice(0, -1));
        const empty = isTable(parent) ? parent.size === 0 : isArray(parent) && parent.length === 0;
        if (!empty) expect(isSubsequence(edited.trimEnd(), text)).toBe(true);
      }),
      RUNS,
    );
  });

  it("makes several edits in a row", () => {
    fc.assert(
      fc.property(
        documents,
        fc.array(fc.tuple(fc.nat(), values, fc.boolean()), { maxLength: 5 }),
        (text, picks) => {
          let model = modelOf(text);
          const edits: ConfigEdit[] = [];
          for (const [pick, value, remove] of picks) {
            const paths = pathsOf(model);
            const path = paths[pick % Math.max(1, paths.length)];
            if (!path) continue;
            const edit: ConfigEdit = remove ? { path, remove } : { path, value };
            model = applyToModel(model, edit);
            edits.push(edit);
          }
          expectEdited(text, edits);
        },
      ),
      RUNS,
    );
  });

  it("refuses what it cannot do exactly, in texts that nobody would write", () => {
    const splinter = fc.constantFrom(
      "\n",
      "\r\n",
      " ",
      "\t",
      "#",
      ".",
      "=",
      "[",
      "]",
      "{",
      "}",
      ",",
      '"',
      "'",
      "a",
      "0",
      "[a]\n",
      "a.b=1\n",
    );
    const splinters = fc.array(fc.tuple(fc.nat(), fc.nat(3), splinter), { minLength: 1, maxLength: 4 });
    let edited = 0;
    fc.assert(
      fc.property(
        documents,
        splinters,
        fc.nat(),
        values,
        fc.boolean(),
        (text, broken, pick, value, remove) => {
          const torn = broken.reduce((whole, [at, length, part]) => {
            const offset = at % (whole.length + 1);
            return whole.slice(0, offset) + part + whole.slice(offset + length);
          }, text);
          // Half a character is no text.
          fc.pre(!/\p{Surrogate}/u.test(torn));
          const parsed = parseToml(torn);
          if (!parsed.ok) {
            expect(editDocument(torn, [])).toMatchObject({ ok: false, error: { code: "invalid-document" } });
            return;
          }
          const paths = pathsOf(parsed.value);
          const path = paths[pick % Math.max(1, paths.length)];
          if (!path) return;
          const edit: ConfigEdit = remove ? { path, remove } : { path, value };
          const result = editDocument(torn, [edit]);
          if (!result.ok) {
            expect(result.error.code).toBe("not-clean");
            return;
          }
          edited++;
          expect(sameToml(modelOf(result.value), applyToModel(parsed.value, edit))).toBe(true);
        },
      ),
      RUNS,
    );
    expect(edited).toBeGreaterThan(10);
  });

  it("leaves the text as it is when nothing changes", () => {
    fc.assert(
      fc.property(documents, fc.nat(), (text, pick) => {
        const model = modelOf(text);
        const paths = pathsOf(model);
        fc.pre(paths.length > 0);
        const path = paths[pick % paths.length] ?? [];
        const value = valueAt(model, path);
        fc.pre(typeof value === "string" || typeof value === "boolean" || typeof value === "bigint");
        if (typeof value !== "string" && typeof value !== "boolean" && typeof value !== "bigint") return;
        expect(editDocument(text, [{ path, value }])).toEqual({ ok: true, value: text });
      }),
      RUNS,
    );
  });
});
