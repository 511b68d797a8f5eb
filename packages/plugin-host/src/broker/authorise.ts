import path from "node:path";
import { err, ok, type Clock, type Result } from "@novywave/base";
import type { Capability } from "../capability.js";
import type { GrantRecord } from "../host/types.js";
import { canonicalPath, type CanonicalPath } from "../paths/canonical.js";
import { isInsideAny, pathProblem } from "../paths/segments.js";
import { RateLimit } from "./rate-limit.js";

/** What one instance was given. Folders are canonical. */
export interface Grant {
  readonly pluginId: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly folders: readonly string[];
  readonly channels: ReadonlySet<string>;
}

/** Why a path is refused. `not-found` covers what does not exist and what is outside. */
export type PathRefusal =
  | { readonly kind: "invalid"; readonly message: string }
  | { readonly kind: "not-found" };

/** Refusals recorded one by one; of more than that their number is. */
const auditRecordsPerMinute = 600;
const auditTextLength = 1_000;

/**
 * The one place where it is decided what a plugin may do. Every function of the broker asks here, whatever adapter the
 * plugin speaks through, and every refusal is recorded.
 */
export class Authoriser {
  readonly #grant: Grant;
  readonly #workspace: string;
  readonly #clock: Clock;
  readonly #audit: (record: GrantRecord) => void;
  readonly #auditRate: RateLimit;
  readonly #shownOutside = new Set<string>();
  #denied = 0;
  #unrecorded = 0;
  #unrecordedCapability: Capability = "filesystem";

  constructor(grant: Grant, workspace: string, clock: Clock, audit: (record: GrantRecord) => void) {
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
    for (const capability of ["filesystem", "watch", "relay"] as const) {
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
    const found = await canonicalPath(this.absolute(text));
    if (found !== undefined && this.isGranted(found.path)) return ok(found);
    this.#record("denied", capability, text, "not inside a granted folder");
    return err({ kind: "not-found" });
  }

  /** Whether the plugin may publish on the channel. */
  channel(channel: string): boolean {
    if (this.#grant.channels.has(channel)) return true;
    this.#record("denied", "relay", channel, "the channel is not allowed");
    return false;
  }

  /** The channels that are allowed, for messages. */
  get channels(): readonly string[] {
    return [...this.#grant.channels];
  }

  /** Records a link that leads out of the grant, once each, so that a person can be asked. */
  outside(capability: Capability, link: string, target: string): void {
    if (this.#shownOutside.size >= auditRecordsPerMinute || this.#shownOutside.has(link)) return;
    this.#shownOutside.add(link);
    this.#record("outside", capability, link, `leads to ${target}, outside of the granted folders`);
  }

  /** Uses that were refused so far, recorded or counted. */
  get denied(): number {
    return this.#denied;
  }

  /** Ends the record: tells of the refusals that were only counted. */
  [Symbol.dispose](): void {
    this.#recordUnrecorded();
  }

  #record(decision: GrantRecord["decision"], capability: Capability, scope: string, reason: string): void {
    if (decision === "denied") this.#denied++;
    if (decision !== "granted" && !this.#auditRate.take(1)) {
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

  #write(decision: GrantRecord["decision"], capability: Capability, scope: string, reason: string): void {
    this.#audit({
      pluginId: this.#grant.pluginId,
      time: this.#clock.now(),
      decision,
      capability,
      scope: scope.slice(0, auditTextLength),
      reason: reason.slice(0, auditTextLength),
    });
  }
}
