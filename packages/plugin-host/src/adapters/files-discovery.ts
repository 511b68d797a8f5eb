import { assertNever, ok, type Disposable, type Result } from "@novywave/base";
import type { ConfigData } from "@novywave/contract";
import { done, type HostOutcome } from "../broker/outcome.js";
import type { PluginFailure } from "../failure.js";
import type { GuestEvent } from "../host/guest-event.js";
import { commonCall, type Adapter, type AdapterParts } from "./adapter.js";
import { adapterArguments } from "./arguments.js";
import { below } from "./below.js";
import { configToml } from "./config-toml.js";
import { filesBelow, look, portions } from "./found-files.js";
import { publishPaths } from "./publish.js";
import { subscribe } from "./subscribe.js";

/** Of what a plugin calls waveforms. */
const maxFound = 1_000_000;
const maxLength = 64 * 1024 * 1024;

/**
 * Plugins of the world `novywave:files-discovery`: they watch folders, are told of the files there (those that are there
 * already first), and say which of them are waveforms. What they say adds up, while the contract's `discovery` is whole:
 * the sum is kept here, files that are gone leave it, and it is published when the guest's calls are done.
 */
export class FilesDiscovery implements Adapter {
  readonly #parts: AdapterParts;
  #subscription: bigint | undefined;
  /** Until the files that are there already are told of. */
  #first: Disposable | undefined;
  /** Waveforms, as the guest names them. */
  readonly #found = new Set<string>();
  /** The open files of which the guest knows: it need not name them. */
  #opened: ReadonlySet<string> = new Set();
  #length = 0;
  #published = true;

  constructor(parts: AdapterParts) {
    this.#parts = parts;
  }

  async call(functionName: string, args: readonly unknown[]): Promise<HostOutcome> {
    switch (functionName) {
      case "register-watched-directories":
        await this.#register(...adapterArguments["register-watched-directories"].parse(args));
        return done();
      case "clear-watched-directories":
        await this.#clear();
        return done();
      case "open-waveform-files": {
        const [paths] = adapterArguments["open-waveform-files"].parse(args);
        this.#add(paths);
        return done();
      }
      case "get-opened-files":
        return done([...(await this.#look())]);
      case "get-config-toml": {
        const { broker } = this.#parts;
        const outcome = await broker.act("config", "get", []);
        if (outcome.kind !== "ok") return outcome;
        return done(configToml(outcome.value as ConfigData, broker.authoriser.absolute(".")));
      }
      default:
        return commonCall(this.#parts, functionName, args);
    }
  }

  async handle(event: GuestEvent): Promise<Result<void, PluginFailure>> {
    switch (event.tag) {
      case "opened-files-changed":
        return this.#openedChanged();
      case "filesystem-change":
        // It may have ended the subscription since.
        if (this.#parts.broker.watchedFolders(event.val.subscriptionId).length === 0) return ok();
        return this.#changed(this.#firstLook() ?? event.val.paths);
      case "config-updated":
      case "tick":
        return ok();
      default:
        return assertNever(event);
    }
  }

  async settle(): Promise<void> {
    if (this.#published) return;
    this.#published = true;
    const told = await publishPaths(this.#parts, [...this.#found].sort(), (discovered) => ({
      tag: "discovery",
      val: { pluginId: "", discovered },
    }));
    if (told === undefined) {
      // Tried again after the next event.
      this.#published = false;
      return;
    }
    if (told.length === this.#found.size) return;
    const granted = new Set(told);
    this.#forget((path) => !granted.has(path));
    this.#published = true;
  }

  /**
   * The registered folders, if nothing was told of them yet: what comes before that, such as a change of which the instance
   * before did not live to tell, would be published as all that there is.
   */
  #firstLook(): readonly string[] | undefined {
    if (!this.#first || this.#subscription === undefined) return undefined;
    this.#first[Symbol.dispose]();
    this.#first = undefined;
    return this.#parts.broker.watchedFolders(this.#subscription);
  }

  async #look(): Promise<ReadonlySet<string>> {
    this.#opened = new Set(await this.#parts.broker.openedFiles());
    return this.#opened;
  }

  /** A file that the guest left out because it was open, and that is closed now, is told of like one that came. */
  async #openedChanged(): Promise<Result<void, PluginFailure>> {
    const { broker, call } = this.#parts;
    const before = this.#opened;
    const now = await this.#look();
    const told = await call("refresh-opened-files", []);
    // What is not told of yet will be.
    if (!told.ok || this.#subscription === undefined || this.#first) return told;
    const isWatched = below(broker.watchedFolders(this.#subscription));
    const closed = [...before].filter((file) => !now.has(file) && !this.#found.has(file) && isWatched(file));
    return closed.length === 0 ? ok() : this.#changed(closed);
  }

  async #changed(paths: readonly string[]): Promise<Result<void, PluginFailure>> {
    const { broker, warn, stopped } = this.#parts;
    const { files, folders, gone } = await look(broker, paths, stopped);
    this.#forget(below(gone));
    let told = await this.#tell(files);
    const seen = new Set<string>();
    const isInFolder = below(folders);
    for (const folder of folders) {
      for await (const page of filesBelow(broker, folder, warn)) {
        for (const path of page) seen.add(path);
        told = await this.#tell(page);
        if (!told.ok || stopped()) return told;
      }
    }
    // A folder stands for whatever happened below it: files may have gone there as well.
    const unseen = [...this.#found].filter((path) => isInFolder(path) && !seen.has(path));
    this.#forget(below((await look(broker, unseen, stopped)).gone));
    return told;
  }

  async #tell(files: readonly string[]): Promise<Result<void, PluginFailure>> {
    for (const some of portions(files)) {
      if (this.#parts.stopped()) return ok();
      const told = await this.#parts.call("paths-discovered", [some]);
      if (!told.ok) return told;
    }
    return ok();
  }

  #add(paths: readonly string[]): void {
    for (const path of paths) {
      if (this.#found.has(path)) continue;
      if (this.#found.size >= maxFound || this.#length + path.length > maxLength) {
        return this.#parts.warn(
          `it names more files than the ${maxFound} (${maxLength} characters) that are taken`,
        );
      }
      this.#found.add(path);
      this.#length += path.length;
      this.#published = false;
    }
  }

  #forget(isGone: (path: string) => boolean): void {
    for (const path of [...this.#found].filter(isGone)) {
      this.#found.delete(path);
      this.#length -= path.length;
      this.#published = false;
    }
  }

  /** A registration takes the place of the one before. */
  async #register(directories: readonly string[], debounceMs: number): Promise<void> {
    await this.#clear();
    const { broker, changed } = this.#parts;
    const id = await subscribe(this.#parts, directories, debounceMs);
    if (id === undefined) return;
    this.#subscription = id;
    this.#first = broker.after(debounceMs, () => {
      this.#first = undefined;
      changed(id, broker.watchedFolders(id));
    });
  }

  async #clear(): Promise<void> {
    const id = this.#subscription;
    this.#first?.[Symbol.dispose]();
    this.#first = undefined;
    this.#subscription = undefined;
    if (id !== undefined) await this.#parts.broker.act("watch", "unsubscribe", [id]);
  }
}
