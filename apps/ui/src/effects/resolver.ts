import { DisposableStore, type Disposable } from "@novywave/base";
import type { VariableInfo } from "@novywave/protocol";
import type { Requester } from "../connection/connection.js";
import type { AppState } from "../state/app-state.js";
import type { Action } from "../state/reducer.js";
import type { Store } from "../state/store.js";

const CHUNK = 256;

/** Looks up, by name, the variables of rows that were restored or whose file was read again; opens files for them. */
export class Resolver implements Disposable {
  readonly #store: Store<AppState, Action>;
  readonly #requester: Requester;
  readonly #scope = new DisposableStore();
  /** Files being asked, with the revision asked about. */
  readonly #asking = new Set<string>();
  readonly #opened = new Set<string>();

  constructor(store: Store<AppState, Action>, requester: Requester) {
    this.#store = store;
    this.#requester = requester;
    this.#scope.add(store.changed(() => this.#look()));
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }

  #look(): void {
    const { state } = this.#store;
    if (state.connection.kind !== "open") {
      this.#opened.clear();
      return;
    }
    const names = new Map<string, Set<string>>();
    for (const row of state.rows) {
      if (row.resolution.kind !== "resolving") continue;
      const list = names.get(row.file) ?? new Set();
      list.add(row.name);
      names.set(row.file, list);
    }
    for (const [name, wanted] of names) {
      const file = state.files.get(name);
      if (!file) continue;
      if (file.open) {
        const key = `${name}\n${file.revision}`;
        if (file.state === "ready" && !this.#asking.has(key)) {
          this.#asking.add(key);
          void this.#resolve(name, file.path, file.revision, [...wanted]).finally(() =>
            this.#asking.delete(key),
          );
        }
      } else if (!this.#opened.has(name) && (file.state === "discovered" || file.state === "ready")) {
        this.#opened.add(name);
        void this.#requester.request("file.open", { path: file.path });
      }
    }
  }

  async #resolve(name: string, path: string, revision: number, wanted: readonly string[]): Promise<void> {
    const found = new Map<string, VariableInfo | null>();
    for (let offset = 0; offset < wanted.length; offset += CHUNK) {
      const names = wanted.slice(offset, offset + CHUNK);
      const answer = await this.#requester.request("variables.resolve", { path, names });
      if (!answer.ok) return;
      for (const [index, item] of answer.value.items.entries()) found.set(names[index] ?? "", item);
    }
    if (this.#store.state.files.get(name)?.revision !== revision) return;
    this.#store.dispatch({ type: "rows-resolved", file: name, items: found });
  }
}
