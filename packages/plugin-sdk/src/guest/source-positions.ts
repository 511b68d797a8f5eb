/**
 * Where the lines of a built module come from. For each line, by index from 0, triples of column (from 0), index into
 * `files` and line of that file (from 1), in order of their columns.
 */
export interface SourcePositions {
  /** Relative to the plugin's folder; what is of the SDK begins with its name. */
  readonly files: readonly string[];
  readonly lines: readonly (readonly number[])[];
}

/** The global variable in which a build leaves them for the component itself, as JSON: a text takes the least memory. */
export const positionsVariable = "__novywavePositions";

/** How the engine names the module that it runs, in the frames of a stack. */
const engineFrame = /componentize-qjs:user\.js:(\d+):(\d+)/g;

/** A stack, or any text that holds frames of it, with the author's file and line in place of those of the built module. */
export function withSourcePositions(stack: string, positions = ownPositions()): string {
  if (positions === undefined) return stack;
  return stack.replace(
    engineFrame,
    (frame, line: string, column: string) =>
      positionOf(positions, Number(line) - 1, Number(column) - 1) ?? frame,
  );
}

function positionOf({ files, lines }: SourcePositions, line: number, column: number): string | undefined {
  const triples = lines[line] ?? [];
  let found: string | undefined;
  for (let i = 0; i < triples.length; i += 3) {
    const [start = 0, file = 0, original] = triples.slice(i, i + 3);
    if (start > column && found !== undefined) break;
    found = `${files[file]}:${original}`;
  }
  return found;
}

/** None while the module's own code runs for the first time, which is while it is built: the build knows them then. */
function ownPositions(): SourcePositions | undefined {
  const text = (globalThis as Record<string, unknown>)[positionsVariable];
  // Written by the build that made this component.
  return typeof text === "string" ? (JSON.parse(text) as SourcePositions) : undefined;
}
