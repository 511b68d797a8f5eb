import { assert, defined, err, ok, systemClock, type Clock, type Result } from "@novywave/base";
import { editDocument } from "../edit/edit-document.js";
import type { ConfigEdit } from "../edit/model.js";
import type { EditRefused } from "../edit/refusal.js";
import { defaultDocument } from "../schema/default-document.js";
import type { ConfigError } from "../schema/error.js";
import { defaultConfig, parseConfig, type WorkspaceConfig } from "../schema/parse-config.js";
import { SCHEMA_VERSION } from "../schema/plugins.js";
import { parseToml } from "../toml/parse.js";
import { keepBackup } from "./backup.js";
import { decodeUtf8 } from "./decode.js";
import { currentProcess, errorCode, ioError, nodeFs, type ConfigFs, type ProcessInfo } from "./host.js";
import { acquireLock, type FileLock } from "./lock.js";
import { migrate, versionOf } from "./migrate.js";
import { hashOf, MAX_BYTES, readFileState, type FileState } from "./read.js";
import { rebaseEdits } from "./rebase.js";
import { findLeftovers, replaceFile, unlinkQuietly } from "./replace.js";

/** What a `.novywave` says, or what applies because there is none. */
export type LoadedConfig =
  | {
      readonly state: "loaded";
      readonly config: WorkspaceConfig;
      readonly text: string;
      /** SHA-256 of the bytes, hexadecimal. */
      readonly hash: string;
      /** Why it cannot be written, if so. */
      readonly readOnly?: string;
    }
  | { readonly state: "missing"; readonly config: WorkspaceConfig; readonly text: string };

/** Edits, or how to make them from what the file says at the moment of writing. */
export type ConfigEdits = readonly ConfigEdit[] | ((current: LoadedConfig) => readonly ConfigEdit[]);

export interface ConfigFileOptions {
  readonly clock?: Clock;
  readonly fs?: ConfigFs;
  readonly process?: ProcessInfo;
}

/** So often an edit is tried because the file changes under it. */
const MAX_ATTEMPTS = 8;

/**
 * One `.novywave` on disk. Reads it, and changes it in place; calls are served one after the other. Nothing is touched
 * before the first call.
 *
 * ```ts
 * const file = ConfigFile.open("/home/me/sim/.novywave");
 * const loaded = await file.load();
 * if (loaded.ok) await file.apply([{ path: ["plugins", "entries", 0, "enabled"], value: false }]);
 * ```
 */
export class ConfigFile {
  readonly path: string;
  readonly #clock: Clock;
  readonly #fs: ConfigFs;
  readonly #process: ProcessInfo;
  #queue: Promise<unknown> = Promise.resolve();
  #lastGood: LoadedConfig | undefined;
  #ownHash: string | undefined;
  #tidied = false;

  private constructor(path: string, options: ConfigFileOptions) {
    this.path = path;
    this.#clock = options.clock ?? systemClock;
    this.#fs = options.fs ?? nodeFs;
    this.#process = options.process ?? currentProcess();
  }

  static open(path: string, options: ConfigFileOptions = {}): ConfigFile {
    return new ConfigFile(path, options);
  }

  /** What the file said when it was last read or written without an error; stays in force while it has errors. */
  get lastGood(): LoadedConfig | undefined {
    return this.#lastGood;
  }

  /** Whether content with this hash is what this object wrote last, with nothing else seen in the file since. */
  isOwnWrite(hash: string): boolean {
    return hash === this.#ownHash;
  }

  /** Reads the file. That there is none is a state, not an error. */
  load(): Promise<Result<LoadedConfig, readonly ConfigError[]>> {
    return this.#enqueue(() => this.#load());
  }

  /**
   * Makes `edits` in the file as it is on disk now and leaves every other byte alone. A missing file begins as
   * `defaultDocument()`; an older one is migrated, its bytes kept beside it. Indices of plugin entries are meant as they
   * were when this object last read the file, and follow their entry if others were added or removed by hand since.
   * Nothing is written if an edit is refused, if the outcome is not valid, or if nothing changes.
   */
  apply(edits: ConfigEdits): Promise<Result<LoadedConfig, ConfigError>> {
    return this.#enqueue(() => this.#apply(edits));
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #load(): Promise<Result<LoadedConfig, readonly ConfigError[]>> {
    const state = await readFileState(this.#fs, this.path);
    const hash = state.ok && state.value.kind === "file" ? state.value.hash : undefined;
    if (hash !== this.#ownHash) this.#ownHash = undefined;
    if (!state.ok) return err([state.error]);
    await this.#tidy(state.value);
    const loaded = loadedFrom(state.value);
    if (loaded.ok) this.#lastGood = loaded.value;
    return loaded;
  }

  async #apply(edits: ConfigEdits): Promise<Result<LoadedConfig, ConfigError>> {
    try {
      // What cannot or need not be written is found without taking the lock.
      const state = await readFileState(this.#fs, this.path);
      if (!state.ok) return state;
      const change = this.#change(state.value, edits);
      if (!change.ok) return change;
      if (change.value === undefined) return this.#unchanged(state.value);
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const lock = await acquireLock(this.#fs, this.#clock, this.#process, state.value.target);
        if (!lock.ok) return lock;
        try {
          const written = await this.#write(edits, lock.value);
          if (written !== "changed-meanwhile") return written;
        } finally {
          await lock.value.release();
        }
      }
      return err({
        code: "conflict",
        message: "the file was changed by others each time it was about to be written; try again",
      });
    } catch (error) {
      return err(ioError(`write ${this.path}`, error));
    }
  }

  #unchanged(state: FileState): Result<LoadedConfig, ConfigError> {
    const loaded = loadedFrom(state);
    if (!loaded.ok) return err(firstOf(loaded.error));
    this.#lastGood = loaded.value;
    return loaded;
  }

  /** The text that is to be written; undefined if the file says all of it already. */
  #change(state: FileState, edits: ConfigEdits): Result<Change | undefined, ConfigError> {
    if (state.kind === "file" && state.readOnly !== undefined) {
      return err({ code: "read-only", message: state.readOnly });
    }
    const base = baseOf(state);
    if (!base.ok) return base;
    const { text, migratedFrom } = base.value;
    const wanted = this.#wanted(text, state, edits);
    if (!wanted.ok) return wanted;
    const edited = editDocument(text, wanted.value);
    if (!edited.ok) return err(refusedError(edited.error));
    // A migration alone is no reason to write.
    if (edited.value === text) return ok(undefined);
    const valid = parseConfig(edited.value);
    if (!valid.ok) {
      const first = firstOf(valid.error);
      return err({
        ...first,
        message: `the change was not made, the file would be invalid: ${first.message}`,
      });
    }
    const bytes = new TextEncoder().encode(edited.value);
    if (bytes.length > MAX_BYTES) {
      return err({ code: "too-large", message: `the file would be larger than ${MAX_BYTES} bytes` });
    }
    return ok({ text: edited.value, bytes, config: valid.value, migratedFrom });
  }

  #wanted(text: string, state: FileState, edits: ConfigEdits): Result<readonly ConfigEdit[], ConfigError> {
    const current = parseConfig(text);
    if (typeof edits === "function") {
      return current.ok ? ok(edits(loadedOf(state, text, current.value))) : err(firstOf(current.error));
    }
    if (!current.ok || this.#lastGood === undefined) return ok(edits);
    return rebaseEdits(edits, this.#lastGood.config.plugins, current.value.plugins);
  }

  /** Makes the edits in what the file says now, unless somebody else, who takes no lock, changes it meanwhile. */
  async #write(
    edits: ConfigEdits,
    lock: FileLock,
  ): Promise<Result<LoadedConfig, ConfigError> | "changed-meanwhile"> {
    const read = await readFileState(this.#fs, this.path);
    if (!read.ok) return read;
    const state = read.value;
    const change = this.#change(state, edits);
    if (!change.ok) return change;
    if (change.value === undefined) return this.#unchanged(state);
    const { text, bytes, config, migratedFrom } = change.value;
    if (!this.#tidied) await this.#removeLeftovers(state.target);
    if (migratedFrom !== undefined && state.kind === "file") {
      const kept = await keepBackup(this.#fs, state.target, migratedFrom, state.bytes, state.mode);
      if (!kept.ok) return kept;
    }
    const unchanged = async (): Promise<boolean> => {
      const now = await readFileState(this.#fs, this.path);
      return now.ok && sameState(now.value, state) && (await lock.isHeld());
    };
    const mode = state.kind === "file" ? state.mode : undefined;
    if (!(await replaceFile(this.#fs, state.target, bytes, mode, unchanged))) return "changed-meanwhile";
    const hash = hashOf(bytes);
    this.#ownHash = hash;
    this.#lastGood = { state: "loaded", config, text, hash };
    return ok(this.#lastGood);
  }

  /** Once, and only if it can be done without waiting: removes what a crash left behind. */
  async #tidy(state: FileState): Promise<void> {
    if (this.#tidied || (state.kind === "file" && state.readOnly !== undefined)) return;
    try {
      if ((await findLeftovers(this.#fs, state.target)).length === 0) {
        this.#tidied = true;
        return;
      }
      const lock = await acquireLock(this.#fs, this.#clock, this.#process, state.target, 0);
      if (!lock.ok) return;
      await this.#removeLeftovers(state.target);
      await lock.value.release();
    } catch (error) {
      // The file can be read without that; a write will tell what is wrong.
      if (errorCode(error) === undefined) throw error;
    }
  }

  /** With the lock held nobody else has a temp file in use. */
  async #removeLeftovers(target: string): Promise<void> {
    for (const path of await findLeftovers(this.#fs, target)) await unlinkQuietly(this.#fs, path);
    this.#tidied = true;
  }
}

/** What is to be written. */
interface Change {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly config: WorkspaceConfig;
  /** The version of which the old bytes must be kept, if any. */
  readonly migratedFrom: number | undefined;
}

/** The text that edits begin with: in the present version. */
function baseOf(state: FileState): Result<{ text: string; migratedFrom: number | undefined }, ConfigError> {
  if (state.kind === "missing") return ok({ text: defaultDocument(), migratedFrom: undefined });
  const decoded = decodeUtf8(state.bytes);
  if (!decoded.ok) return decoded;
  const text = decoded.value;
  const document = parseToml(text);
  if (!document.ok) {
    return err({
      code: "syntax",
      ...document.error,
      message: `the file has an error and was not written; correct it first: ${document.error.message}`,
    });
  }
  const version = versionOf(document.value);
  if (version === undefined || version > SCHEMA_VERSION) {
    const refused = parseConfig(text);
    assert(!refused.ok, "a version that is not known is an error");
    return err(firstOf(refused.error));
  }
  const migrated = migrate(text, document.value);
  if (!migrated.ok) return err(refusedError(migrated.error));
  return ok({ text: migrated.value, migratedFrom: version < SCHEMA_VERSION ? Number(version) : undefined });
}

function loadedFrom(state: FileState): Result<LoadedConfig, readonly ConfigError[]> {
  if (state.kind === "missing") return ok(loadedOf(state, defaultDocument(), defaultConfig()));
  const text = decodeUtf8(state.bytes);
  if (!text.ok) return err([text.error]);
  const config = parseConfig(text.value);
  return config.ok ? ok(loadedOf(state, text.value, config.value)) : config;
}

function loadedOf(state: FileState, text: string, config: WorkspaceConfig): LoadedConfig {
  if (state.kind === "missing") return { state: "missing", config, text };
  const loaded = { state: "loaded", config, text, hash: state.hash } as const;
  return state.readOnly === undefined ? loaded : { ...loaded, readOnly: state.readOnly };
}

function sameState(a: FileState, b: FileState): boolean {
  if (a.kind === "missing" || b.kind === "missing") return a.kind === b.kind && a.target === b.target;
  return a.target === b.target && a.hash === b.hash;
}

function refusedError(refused: EditRefused): ConfigError {
  return { ...refused, code: "edit-refused" };
}

function firstOf(errors: readonly ConfigError[]): ConfigError {
  return defined(errors[0], "the error of a failure");
}
