import { err, ok, type Result } from "@novywave/base";
import { parseToml } from "../toml/parse.js";
import { LineIndex } from "../toml/position.js";
import { ScanError } from "../toml/scan.js";
import { buildTree, locate, type DocumentTree } from "../toml/tree.js";
import { sameToml, type TomlTable } from "../toml/value.js";
import { applyToModel, type ConfigEdit } from "./model.js";
import { rewrite } from "./plan.js";
import { Refusal, showPath, type EditRefused } from "./refusal.js";

const MAX_EDITS = 10_000;

/**
 * Makes `edits`, one after the other, in the text of a TOML document and leaves every other byte alone: comments, order,
 * styles, line breaks. The outcome is parsed and compared with the value that was meant; an edit that does not come out
 * exactly is refused, and with it all.
 *
 * ```ts
 * editDocument('a = 1 # one\n', [{ path: ["a"], value: 2 }]); // 'a = 2 # one\n'
 * ```
 */
export function editDocument(text: string, edits: readonly ConfigEdit[]): Result<string, EditRefused> {
  return editWith(rewrite, text, edits);
}

/** Proposes a text with another value; whether it is right is checked here. */
export type Rewriter = typeof rewrite;

/** {@link editDocument} with the proposals of `rewriter`, for tests. */
export function editWith(
  rewriter: Rewriter,
  text: string,
  edits: readonly ConfigEdit[],
): Result<string, EditRefused> {
  if (edits.length > MAX_EDITS) return err(refused("bad-path", `more than ${MAX_EDITS} edits at once`));
  const parsed = parseToml(text);
  if (!parsed.ok) return err({ code: "invalid-document", ...parsed.error });
  let current = text;
  let model = parsed.value;
  for (const batch of batches(edits)) {
    const step = editOnce(rewriter, current, model, batch);
    if (!step.ok) return step;
    current = step.value.text;
    model = step.value.model;
  }
  return ok(current);
}

/**
 * Edits are made together, which costs one reading of the text, until one removes something: then elements change
 * places, and the next edit must not be taken for a change of all that moved.
 */
function batches(edits: readonly ConfigEdit[]): readonly (readonly ConfigEdit[])[] {
  const out: ConfigEdit[][] = [];
  let open: ConfigEdit[] | undefined;
  for (const edit of edits) {
    if (open) open.push(edit);
    else out.push((open = [edit]));
    if ("remove" in edit) open = undefined;
  }
  return out;
}

function editOnce(
  rewriter: Rewriter,
  text: string,
  before: TomlTable,
  edits: readonly ConfigEdit[],
): Result<{ text: string; model: TomlTable }, EditRefused> {
  const first = edits[0];
  let tree: DocumentTree | undefined;
  let current = first;
  try {
    let after = before;
    for (const edit of edits) {
      current = edit;
      after = applyToModel(after, edit);
    }
    if (sameToml(before, after)) return ok({ text, model: before });
    tree = buildTree(text);
    current = first;
    const edited = rewriter(tree, before, after);
    const check = parseToml(edited);
    if (check.ok && sameToml(check.value, after)) return ok({ text: edited, model: check.value });
    throw new Refusal(
      "not-clean",
      `${showPath(first?.path ?? [])} cannot be changed without touching other parts of the file; change it by hand`,
    );
  } catch (error) {
    if (error instanceof ScanError) {
      const message = `the layout of the file is not understood: ${error.message}; change it by hand`;
      return err({ code: "not-clean", message, ...new LineIndex(text).at(error.offset) });
    }
    if (!(error instanceof Refusal)) throw error;
    return err({ ...refused(error.code, error.message), ...placeOf(tree ?? text, current) });
  }
}

function refused(code: EditRefused["code"], message: string): EditRefused {
  return { code, message };
}

function placeOf(
  source: DocumentTree | string,
  edit: ConfigEdit | undefined,
): { line: number; column: number } {
  try {
    const tree = typeof source === "string" ? buildTree(source) : source;
    return locate(tree, edit?.path ?? []);
  } catch (error) {
    if (error instanceof ScanError) return { line: 1, column: 1 };
    throw error;
  }
}
