import { Emitter, type Disposable } from "@novywave/base";
import type { ScopeInfo } from "@novywave/protocol";
import type { Requester } from "../connection/connection.js";

/** What is known of the scopes below one parent. */
export type Children =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly scopes: readonly ScopeInfo[]; readonly total: number }
  | { readonly kind: "error"; readonly message: string };

const PAGE = 1_000;
/** More direct children of one scope are not listed; the variable search finds them all the same. */
const MOST_CHILDREN = 20_000;

interface Tree {
  path: string;
  revision: number;
  open: boolean;
  readonly expanded: Set<string>;
  readonly children: Map<string, Children>;
}

/** The scopes of all files, fetched when they are unfolded. Scopes are known by their full name, so that a reload keeps them unfolded. */
export class ScopeTrees implements Disposable {
  readonly #requester: Requester;
  readonly #trees = new Map<string, Tree>();
  readonly #abort = new AbortController();
  readonly #emitter = new Emitter<void>();
  readonly #loaded = new Emitter<{ file: string; scopes: readonly ScopeInfo[] }>();
  readonly changed = this.#emitter.event;
  /** Scopes as they come in, after a reload with their new ids. */
  readonly loaded = this.#loaded.event;
  #version = 0;

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  get version(): number {
    return this.#version;
  }

  isOpen(file: string): boolean {
    return this.#trees.get(file)?.open ?? false;
  }

  isExpanded(file: string, scope: string): boolean {
    return this.#trees.get(file)?.expanded.has(scope) ?? false;
  }

  /** Scopes below `scope`, or the roots for the empty string. */
  children(file: string, scope: string): Children | undefined {
    return this.#trees.get(file)?.children.get(scope);
  }

  /** Unfolded scopes per file, to be saved. */
  expanded(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#trees].map(([file, tree]) => [file, [...tree.expanded]]));
  }

  /** Unfolds what was saved; scopes are fetched when the file is unfolded. */
  restore(file: string, scopes: readonly string[]): void {
    const tree = this.#tree(file);
    for (const scope of scopes) tree.expanded.add(scope);
    if (scopes.length > 0) tree.open = true;
  }

  /** Unfolds or folds a file. `path` is the absolute one that the server asks for. */
  setOpen(file: string, path: string, revision: number, open: boolean): void {
    const tree = this.#tree(file);
    tree.path = path;
    tree.open = open;
    if (open && (!tree.children.has("") || tree.revision !== revision)) this.#reload(file, tree, revision);
    this.#touch();
  }

  /** Unfolds or folds a scope. */
  setExpanded(file: string, scope: ScopeInfo, expanded: boolean): void {
    const tree = this.#tree(file);
    if (expanded) tree.expanded.add(scope.fullName);
    else tree.expanded.delete(scope.fullName);
    if (expanded && tree.children.get(scope.fullName)?.kind !== "ready") void this.#load(file, tree, scope);
    this.#touch();
  }

  /** The file is at `revision`: what is unfolded is fetched again. */
  refresh(file: string, path: string, revision: number): void {
    const tree = this.#trees.get(file);
    if (!tree?.open || tree.revision === revision) return;
    tree.path = path;
    this.#reload(file, tree, revision);
  }

  [Symbol.dispose](): void {
    this.#abort.abort();
  }

  #tree(file: string): Tree {
    let tree = this.#trees.get(file);
    if (!tree) {
      tree = { path: "", revision: -1, open: false, expanded: new Set(), children: new Map() };
      this.#trees.set(file, tree);
    }
    return tree;
  }

  #reload(file: string, tree: Tree, revision: number): void {
    tree.revision = revision;
    void this.#load(file, tree, undefined);
  }

  async #load(file: string, tree: Tree, parent: ScopeInfo | undefined): Promise<void> {
    const key = parent?.fullName ?? "";
    const { revision } = tree;
    if (tree.children.get(key)?.kind !== "ready") tree.children.set(key, { kind: "loading" });
    const scopes: ScopeInfo[] = [];
    let total = 0;
    do {
      const answer = await this.#requester.request(
        "scopes.children",
        {
          path: tree.path,
          ...(parent ? { parent: parent.id } : {}),
          offset: scopes.length,
          limit: PAGE,
        },
        this.#abort.signal,
      );
      if (this.#abort.signal.aborted || tree.revision !== revision) return;
      if (!answer.ok) {
        // Asked again when the file is next touched.
        tree.revision = -1;
        tree.children.set(key, { kind: "error", message: answer.error.message });
        this.#touch();
        return;
      }
      total = answer.value.total;
      scopes.push(...answer.value.items);
      if (answer.value.items.length === 0) break;
    } while (scopes.length < Math.min(total, MOST_CHILDREN));
    tree.children.set(key, { kind: "ready", scopes, total });
    this.#loaded.emit({ file, scopes });
    this.#touch();
    for (const scope of scopes) {
      if (tree.expanded.has(scope.fullName)) void this.#load(file, tree, scope);
    }
  }

  #touch(): void {
    this.#version += 1;
    this.#emitter.emit();
  }
}
