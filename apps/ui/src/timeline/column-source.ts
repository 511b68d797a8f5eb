import { Emitter } from "@novywave/base";
import type { Requester } from "../connection/connection.js";
import { Latest } from "../effects/latest.js";
import { formatOf, isUsable, type AppState, type Row } from "../state/app-state.js";
import { planColumns, serves, type ColumnSpan } from "./column-plan.js";
import { decodeRows, type DrawnRow } from "./decode.js";

/** An answer of the server, ready to be drawn. */
export interface ColumnResult {
  readonly span: ColumnSpan;
  readonly revision: number;
  readonly rows: ReadonlyMap<string, DrawnRow>;
}

interface Query {
  readonly file: string;
  readonly path: string;
  readonly revision: number;
  readonly span: ColumnSpan;
  readonly rows: ReadonlyMap<string, WantedRow>;
}

/** A row as it is asked for. */
export interface WantedRow {
  readonly signal: number;
  readonly analog: boolean;
}

/** How the server is asked for a row; equal keys get equal answers. Undefined while the variable is not known. */
export function wantedRow(row: Row): { key: string; wanted: WantedRow } | undefined {
  if (row.resolution.kind !== "ready") return undefined;
  const { signal } = row.resolution.info;
  const analog = formatOf(row) === "analog";
  return { key: `${signal}${analog ? "~" : ""}`, wanted: { signal, analog } };
}

/** Rows of one query; the server takes no more. */
const MOST_ROWS = 1_000;

/**
 * Fetches what the canvas shows. One question per file in flight; while it is, only the newest wish counts. The last
 * answer stays until the next is here, so that the picture moves and scales but never goes blank.
 */
export class ColumnSource {
  readonly #requester: Requester;
  readonly #results = new Map<string, ColumnResult>();
  readonly #queues = new Map<string, Latest<Query>>();
  readonly #asked = new Map<string, Query>();
  readonly #emitter = new Emitter<void>();
  /** There is something new to draw. */
  readonly changed = this.#emitter.event;
  readonly #failures = new Emitter<string>();
  /** An answer could not be read: server and page disagree, which is a fault of the program. */
  readonly failed = this.#failures.event;

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  /** The newest answer for a file, perhaps of another view. */
  result(file: string): ColumnResult | undefined {
    return this.#results.get(file);
  }

  /** Forgets what is under way; after the connection was cut nothing of it comes. */
  reset(): void {
    this.#asked.clear();
  }

  /**
   * Asks for what `rows` (those on the screen) need in the present view, if it is not here. True when everything on
   * the screen is as the server has it now.
   */
  update(state: AppState, rows: readonly Row[], pixels: number): boolean {
    const { view, base } = state;
    if (!view || state.connection.kind !== "open") return false;
    let complete = true;
    const perFile = new Map<string, Map<string, WantedRow>>();
    for (const row of rows) {
      const wanted = wantedRow(row);
      if (!wanted) {
        if (row.resolution.kind === "resolving") complete = false;
        continue;
      }
      let wants = perFile.get(row.file);
      if (!wants) perFile.set(row.file, (wants = new Map()));
      if (wants.size < MOST_ROWS) wants.set(wanted.key, wanted.wanted);
    }
    for (const [name, wants] of perFile) {
      const file = state.files.get(name);
      const time = state.fileTimes.get(name);
      if (!isUsable(file) || !time) continue;
      const plan = planColumns(view, base, time, pixels);
      if (!plan) continue;
      const have = this.#results.get(name);
      const covered = (rows: ReadonlyMap<string, unknown>): boolean =>
        [...wants.keys()].every((key) => rows.has(key));
      if (
        have &&
        have.revision === file.revision &&
        covered(have.rows) &&
        serves(have.span, plan, view, base, time)
      ) {
        continue;
      }
      complete = false;
      const asked = this.#asked.get(name);
      if (
        asked &&
        asked.revision === file.revision &&
        covered(asked.rows) &&
        serves(asked.span, plan, view, base, time)
      ) {
        continue;
      }
      const query: Query = { file: name, path: file.path, revision: file.revision, span: plan, rows: wants };
      this.#asked.set(name, query);
      this.#queue(name).want(query);
    }
    return complete;
  }

  #decode(payload: ArrayBuffer): DrawnRow[] | undefined {
    try {
      return decodeRows(payload);
    } catch (error) {
      this.#failures.emit(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #queue(file: string): Latest<Query> {
    let queue = this.#queues.get(file);
    if (!queue) {
      queue = new Latest((query) => this.#run(query));
      this.#queues.set(file, queue);
    }
    return queue;
  }

  async #run(query: Query): Promise<void> {
    const keys = [...query.rows.keys()];
    const rows = [...query.rows.values()];
    const answer = await this.#requester.request("columns.query", {
      path: query.path,
      revision: query.revision,
      start: query.span.start.toString(),
      end: query.span.end.toString(),
      columns: query.span.columns,
      rows: rows.map(({ signal, analog }) => (analog ? { signal, analog } : { signal })),
    });
    if (answer.ok) {
      if (this.#asked.get(query.file) === query) this.#asked.delete(query.file);
      const drawn = this.#decode(answer.value);
      if (!drawn) return;
      const byKey = new Map<string, DrawnRow>();
      for (const [index, key] of keys.entries()) {
        const row = drawn[index];
        if (row) byKey.set(key, row);
      }
      this.#results.set(query.file, { span: query.span, revision: query.revision, rows: byKey });
      this.#emitter.emit();
    }
    // After a failure the question stays "asked": the same one is not repeated until file, view or connection change.
  }
}
