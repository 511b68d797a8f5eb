import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { err, ok, type Clock, type Result } from "@novywave/base";
import type { Capability } from "../capability.js";
import type { GrantRecord } from "../host/types.js";
import type { CanonicalPath } from "../paths/canonical.js";
import { childPath } from "../paths/descriptor.js";
import type { LinkView } from "../paths/list-directory.js";
import { thisPlatform, type PathPlatform } from "../paths/platform.js";
import { plainEntries, type PlainEntries } from "../paths/plain-entries.js";
import { resolveInside, type Place, type Root } from "../paths/resolve-inside.js";
import { isInsideAny, maxPathBytes, pathProblem } from "../paths/segments.js";
import { RateLimit } from "./rate-limit.js";

/** What one instance was given. Folders are canonical. */
export interface Grant {
  readonly pluginId: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly folders: readonly string[];
  /** Other names of granted folders that paths of the plugin may begin with. They grant nothing. */
  readonly spellings?: readonly Root[];
  readonly channels: ReadonlySet<string>;
}

/** Why a path is refused. `not-found` covers what does not exist and what is outside. */
export type PathRefusal =
  | { readonly kind: "invalid"; readonly message: string }
  | { readonly kind: "not-found" };

/** Links out of the grant that a person is shown, of one instance. */
const maxShownOutside = 100;
/** Refusals recorded one by one; of more than that their number is. */
const auditRecordsPerMinute = 600;
const auditTextLength = 1_000;
/** Paths in one folder from which on it is cheaper to list it. */
const listedFrom = 8;
const concurrency = 16;
/** The event loop gets its turn after so many. */
const pathsPerTurn = 2_000;

/**
 * The one place where it is decided what a plugin may do. Every function of the broker asks here, whatever adapter the
 * plugin speaks through, and every refusal is recorded.
 */
export class Authoriser implements LinkView {
  readonly #grant: Grant;
  readonly #workspace: string;
  readonly #clock: Clock;
  readonly #audit: (record: GrantRecord) => void;
  readonly #auditRate: RateLimit;
  readonly #shownOutside = new Set<string>();
  #denied = 0;
  #unrecorded = 0;
  #unrecordedCapability: Capability = "filesystem";
  readonly #roots: readonly Root[];
  readonly platform: PathPlatform;

  constructor(
    grant: Grant,
    workspace: string,
    clock: Clock,
    audit: (record: GrantRecord) => void,
    platform: PathPlatform = thisPlatform,
  ) {
    this.#roots = [
      ...grant.folders.map((folder): Root => ({ spelling: folder, canonical: folder })),
      ...(grant.spellings ?? []).filter(({ canonical }) => isInsideAny(grant.folders, canonical)),
    ];
    this.platform = platform;
    this.#grant = grant;
    this.#workspace = workspace;
    this.#clock = clock;
    this.#audit = audit;
    this.#auditRate = new RateLimit(clock, auditRecordsPerMinute, 60_000);
  }

  /** Records what was given, once, at the start. */
  recordGrants(): void {
    for (const capability of this.#grant.capabilities) {
      this.#record("granted", capability, "", "manifest and grant allow it");
    }
    for (const capability of ["filesystem", "watch", "relay", "file-contents"] as const) {
      if (!this.#grant.capabilities.has(capability)) continue;
      for (const folder of this.#grant.folders) this.#record("granted", capability, folder, "folder");
    }
    if (this.#grant.capabilities.has("relay")) {
      for (const channel of this.#grant.channels) this.#record("granted", "relay", channel, "channel");
    }
  }

  /** Whether the plugin may use the capability at all. */
  capability(capability: Capability): boolean {
    if (this.#grant.capabilities.has(capability)) return true;
    this.#record("denied", capability, "", "the capability is not granted");
    return false;
  }

  /** Whether a canonical path is inside a granted folder. Records nothing: it is asked for every entry of a walk. */
  readonly isGranted = (canonical: string): boolean => isInsideAny(this.#grant.folders, canonical);

  /** Whether an absolute path names a granted folder itself. */
  isRoot(absolute: string): boolean {
    return this.#roots.some(({ spelling }) => spelling === absolute);
  }

  /** A path of a plugin, made absolute; looked up nowhere. */
  absolute(text: string): string {
    return path.resolve(this.#workspace, text);
  }

  /** The canonical place that `text` names, if it is inside a granted folder; it need not exist. */
  async path(capability: Capability, text: string): Promise<Result<CanonicalPath, PathRefusal>> {
    const problem = pathProblem(text);
    if (problem !== undefined) {
      this.#record("denied", capability, text, problem);
      return err({ kind: "invalid", message: problem });
    }
    const place = await this.resolve(this.absolute(text));
    if (place.kind === "inside" && this.isGranted(place.path)) {
      return ok({ path: place.path, exists: place.exists });
    }
    if (place.kind === "outside") this.outside(capability, place.link, place.target);
    this.#record("denied", capability, text, "not inside a granted folder");
    return err({ kind: "not-found" });
  }

  /**
   * The canonical places of many paths, sorted, once each; the first that is refused if one is. Where a folder holds
   * many of them it is listed once: a scanner publishes 100 000 files, and to follow each by its names takes seconds.
   */
  async paths(
    capability: Capability,
    texts: readonly string[],
    stopped: () => boolean,
  ): Promise<Result<readonly string[], { readonly refused: string }>> {
    const canonical = new Set<string>();
    const groups = new Map<string, { readonly text: string; readonly name: string }[]>();
    for (const [index, text] of texts.entries()) {
      if (index % pathsPerTurn === pathsPerTurn - 1) await setImmediate();
      if (stopped()) return ok([]);
      if (text.length > maxPathBytes) {
        await this.path(capability, text);
        return err({ refused: text });
      }
      const absolute = this.absolute(text);
      const folder = path.dirname(absolute);
      const item = { text, name: path.basename(absolute) };
      const group = groups.get(folder);
      if (group) group.push(item);
      else groups.set(folder, [item]);
    }
    const queue = groups.entries();
    let refused: string | undefined;
    const work = async (): Promise<void> => {
      for (const [folder, group] of queue) {
        const listed = group.length < listedFrom ? undefined : await this.#listed(folder);
        for (const { text, name } of group) {
          if (refused !== undefined || stopped()) return;
          if (listed?.names.has(name) === true) {
            canonical.add(childPath(listed.path, name));
            continue;
          }
          const place = await this.path(capability, text);
          if (place.ok) canonical.add(place.value.path);
          else refused ??= text;
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return refused === undefined ? ok([...canonical].sort()) : err({ refused });
  }

  async #listed(folder: string): Promise<PlainEntries | undefined> {
    const place = await this.resolve(folder);
    return place.kind === "inside" && place.exists ? plainEntries(place.path, this) : undefined;
  }

  /** Where an absolute path leads. Records nothing: it is asked for every link of a walk. */
  resolve(absolute: string): Promise<Place> {
    return resolveInside(absolute, this.#roots, this);
  }

  /** Whether the plugin may publish on the channel. */
  channel(channel: string): boolean {
    if (this.#grant.channels.has(channel)) return true;
    this.#record("denied", "relay", channel, "the channel is not allowed");
    return false;
  }

  /** The granted folders, canonical. */
  get folders(): readonly string[] {
    return this.#grant.folders;
  }

  /** The channels that are allowed, for messages. */
  get channels(): readonly string[] {
    return [...this.#grant.channels];
  }

  /** Records a link that leads out of the grant, once each, so that a person can be asked. */
  outside(capability: Capability, link: string, target: string): void {
    if (this.#shownOutside.size >= maxShownOutside || this.#shownOutside.has(link)) return;
    this.#shownOutside.add(link);
    this.#write("outside", capability, link, `leads to ${target}, outside of the granted folders`, target);
  }

  /** Uses that were refused so far, recorded or counted. */
  get denied(): number {
    return this.#denied;
  }

  /** Ends the record: tells of the refusals that were only counted. */
  [Symbol.dispose](): void {
    this.#recordUnrecorded();
  }

  #record(decision: "granted" | "denied", capability: Capability, scope: string, reason: string): void {
    if (decision === "denied") this.#denied++;
    if (decision === "denied" && !this.#auditRate.take(1)) {
      this.#unrecorded++;
      this.#unrecordedCapability = capability;
      return;
    }
    this.#recordUnrecorded();
    this.#write(decision, capability, scope, reason);
  }

  #recordUnrecorded(): void {
    if (this.#unrecorded === 0) return;
    const reason = `${this.#unrecorded} more were refused; they came too fast to be recorded one by one`;
    this.#unrecorded = 0;
    this.#write("denied", this.#unrecordedCapability, "", reason);
  }

  #write(
    decision: GrantRecord["decision"],
    capability: Capability,
    scope: string,
    reason: string,
    target?: string,
  ): void {
    this.#audit({
      pluginId: this.#grant.pluginId,
      time: this.#clock.now(),
      decision,
      capability,
      scope: scope.slice(0, auditTextLength),
      reason: reason.slice(0, auditTextLength),
      ...(target === undefined ? {} : { target }),
    });
  }
}
