import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ok, SimulatedClock, systemClock } from "@novywave/base";
import { Authoriser } from "../broker/authorise.js";
import { FileContentsBroker } from "../broker/file-contents.js";
import { FilesystemBroker } from "../broker/filesystem.js";
import type { HostOutcome } from "../broker/outcome.js";
import { PublishBroker } from "../broker/publish.js";
import { defaultExcludes } from "../broker/walk.js";
import { WatchBroker } from "../broker/watches.js";
import type { GrantRecord, PublishedEvent } from "../host/types.js";
import { defaultLimits } from "../limits.js";
import { standingFolders } from "./granted-folders.js";
import { thisPlatform, type PathPlatform } from "./platform.js";

/** How paths are made sure of: by descriptors (Linux), or by names alone, as on every other system. */
export const platforms: readonly (readonly [string, PathPlatform])[] = [
  ...(thisPlatform.descriptorPaths ? [["by descriptors", thisPlatform] as const] : []),
  ["by names alone", { ...thisPlatform, descriptorPaths: false }],
];

const ignore = (): void => {};

/** `root/granted` with `a.vcd` and `sub/b.vcd`, `root/secret` beside it, and what a plugin has of the host's file functions. */
export class PathFixture {
  readonly root: string;
  readonly granted: string;
  readonly secret: string;
  readonly audit: GrantRecord[] = [];
  readonly published: PublishedEvent[] = [];
  readonly authoriser: Authoriser;
  readonly filesystem: FilesystemBroker;
  readonly contents: FileContentsBroker;
  readonly watches: WatchBroker;
  readonly #publish: PublishBroker;

  static async open(platform: PathPlatform): Promise<PathFixture> {
    const root = await realpath(await mkdtemp(path.join(tmpdir(), "escape-")));
    const granted = path.join(root, "granted");
    await mkdir(path.join(granted, "sub"), { recursive: true });
    await mkdir(path.join(root, "secret/deep"), { recursive: true });
    await writeFile(path.join(granted, "a.vcd"), "a");
    await writeFile(path.join(granted, "sub/b.vcd"), "b");
    await writeFile(path.join(root, "secret/key.vcd"), "key");
    await writeFile(path.join(root, "secret/deep/key2.vcd"), "key");
    return new PathFixture(root, (await standingFolders([granted])).standing, platform);
  }

  private constructor(root: string, folders: readonly string[], platform: PathPlatform) {
    this.root = root;
    this.granted = path.join(root, "granted");
    this.secret = path.join(root, "secret");
    const grant = {
      pluginId: "t.t",
      capabilities: new Set(["filesystem", "relay", "watch", "file-contents"] as const),
      folders,
      channels: new Set(["discovery"]),
    };
    const record = (entry: GrantRecord): unknown => this.audit.push(entry);
    this.authoriser = new Authoriser(grant, this.granted, new SimulatedClock(), record, platform);
    this.filesystem = new FilesystemBroker(this.authoriser, defaultLimits, systemClock, defaultExcludes);
    this.contents = new FileContentsBroker(this.authoriser, defaultLimits);
    const ports = { watch: () => Promise.resolve({ ok: false, error: "nothing is watched here" } as const) };
    this.watches = new WatchBroker(this.authoriser, ports, defaultLimits, () => ignore, ignore);
    this.#publish = new PublishBroker(
      "t.t",
      this.authoriser,
      defaultLimits,
      () => true,
      (event) => {
        this.published.push(event);
        return ok();
      },
    );
  }

  inGrant(name: string): string {
    return path.join(this.granted, name);
  }

  find(directory: string): Promise<HostOutcome> {
    const query = { directory, extensions: [], globs: [], exclude: [], limit: 10_000 };
    return this.filesystem.findFiles(query);
  }

  publish(...discovered: readonly string[]): Promise<HostOutcome> {
    return this.#publish.publish("discovery", { tag: "discovery", val: { pluginId: "", discovered } });
  }

  /** Every answer that a plugin gets about a path, one after the other. */
  async ask(text: string): Promise<readonly HostOutcome[]> {
    return [
      await this.filesystem.listDir(text),
      await this.filesystem.readMetadata(text),
      await this.find(text),
      await this.publish(text),
      await this.watches.subscribe([text], 1),
      await this.contents.stat(text),
      await this.contents.list(text),
      await this.contents.read(text, 0n, 0n, 10n),
    ];
  }

  close(): Promise<void> {
    return rm(this.root, { recursive: true });
  }
}

/** An outcome as text, to look for names in it. */
export function textOf(outcome: unknown): string {
  return JSON.stringify(outcome, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}
