import { DisposableStore, type Disposable } from "@novywave/base";
import type { Requester } from "../connection/connection.js";
import { rescale } from "../model/timebase.js";
import { isUsable, type AppState, type RawValue } from "../state/app-state.js";
import type { Action } from "../state/reducer.js";
import type { Store } from "../state/store.js";
import { Latest } from "./latest.js";

interface Question {
  readonly file: string;
  readonly path: string;
  readonly time: string;
  readonly rows: readonly { readonly key: string; readonly signal: number }[];
}

const CHUNK = 1_000;

/** Keeps the values at the cursor up to date. One question in flight; while the cursor moves only the newest counts. */
export class CursorValues implements Disposable {
  readonly #store: Store<AppState, Action>;
  readonly #requester: Requester;
  readonly #scope = new DisposableStore();
  readonly #latest = new Latest<readonly Question[]>((questions) => this.#ask(questions));
  #asked = "";

  constructor(store: Store<AppState, Action>, requester: Requester) {
    this.#store = store;
    this.#requester = requester;
    this.#scope.add(store.changed((state) => this.#look(state)));
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }

  #look(state: AppState): void {
    if (state.connection.kind !== "open" || state.cursor === undefined) {
      this.#asked = "";
      return;
    }
    const questions = new Map<string, Question & { rows: { key: string; signal: number }[] }>();
    const signature: string[] = [state.cursor.toString(), String(state.base)];
    for (const row of state.rows) {
      const file = state.files.get(row.file);
      const time = state.fileTimes.get(row.file);
      if (row.resolution.kind !== "ready" || !isUsable(file) || !time) continue;
      let question = questions.get(row.file);
      if (!question) {
        const at = rescale(state.cursor, state.base, time.exponent).toString();
        question = { file: row.file, path: file.path, time: at, rows: [] };
        questions.set(row.file, question);
        signature.push(`${row.file}@${file.revision}`);
      }
      question.rows.push({ key: row.key, signal: row.resolution.info.signal });
      signature.push(`${row.key}:${row.resolution.info.signal}`);
    }
    const asked = signature.join("\n");
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#latest.want([...questions.values()]);
  }

  async #ask(questions: readonly Question[]): Promise<void> {
    const values = new Map<string, RawValue>();
    for (const question of questions) {
      for (let offset = 0; offset < question.rows.length; offset += CHUNK) {
        const rows = question.rows.slice(offset, offset + CHUNK);
        const answer = await this.#requester.request("values.at", {
          path: question.path,
          signals: rows.map((row) => row.signal),
          time: question.time,
        });
        if (!answer.ok) {
          // The file is being replaced or the line is cut: what is shown stays until the next look.
          this.#asked = "";
          return;
        }
        for (const [index, row] of rows.entries()) values.set(row.key, answer.value.values[index] ?? null);
      }
    }
    this.#store.dispatch({ type: "values", values });
  }
}
