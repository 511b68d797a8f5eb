import { DisposableStore, type Clock, type Disposable } from "@novywave/base";
import type { Requester } from "../connection/connection.js";
import type { AppState } from "../state/app-state.js";
import type { Action } from "../state/reducer.js";
import { savedView } from "../state/saved-view.js";
import type { Store } from "../state/store.js";
import type { ScopeTrees } from "./scope-trees.js";

const QUIET_MS = 150;

/**
 * Hands the view to the server when it changed and a moment has passed. Nothing is saved before what was saved earlier
 * was taken over, so that opening a page never empties `.novywave`, nor while the configuration cannot be written.
 */
export class ViewSaver implements Disposable {
  readonly #store: Store<AppState, Action>;
  readonly #trees: ScopeTrees;
  readonly #requester: Requester;
  readonly #clock: Clock;
  readonly #scope = new DisposableStore();
  #timer: Disposable | undefined;
  #saved: string | undefined;

  constructor(store: Store<AppState, Action>, trees: ScopeTrees, requester: Requester, clock: Clock) {
    this.#store = store;
    this.#trees = trees;
    this.#requester = requester;
    this.#clock = clock;
    this.#scope.add(store.changed(() => this.#look()));
    this.#scope.add(trees.changed(() => this.#look()));
    this.#scope.defer(() => this.#timer?.[Symbol.dispose]());
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }

  /** Hands over at once what was to be saved in a moment: the page is about to go. */
  flush(): void {
    if (this.#timer === undefined) return;
    this.#timer[Symbol.dispose]();
    this.#timer = undefined;
    this.#save();
  }

  #look(): void {
    const { state } = this.#store;
    if (state.restored === undefined || !state.touched || this.#timer !== undefined) return;
    if (state.connection.kind !== "open" || state.topics.config?.readOnly === true) return;
    this.#timer = this.#clock.schedule(QUIET_MS, () => {
      this.#timer = undefined;
      this.#save();
    });
  }

  #save(): void {
    const { state } = this.#store;
    if (state.connection.kind !== "open" || !state.touched) return;
    const view = savedView(state, this.#trees.expanded());
    const text = JSON.stringify(view);
    if (text === this.#saved) return;
    this.#saved = text;
    void this.#requester.request("view.save", { view });
  }
}
