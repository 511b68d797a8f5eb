import { DisposableStore, toDisposable, type Clock, type Disposable, type Result } from "@novywave/base";
import type { ConfigData, WatchError } from "@novywave/contract";
import type { ZodError } from "zod";
import { isCapability } from "../capability.js";
import type { GrantRecord, HostPorts, PluginLogRecord, PublishedEvent } from "../host/types.js";
import type { PluginLimits } from "../limits.js";
import { argumentSchemas } from "./arguments.js";
import { Authoriser, type Grant } from "./authorise.js";
import { busy, FileContentsBroker } from "./file-contents.js";
import { FilesystemBroker } from "./filesystem.js";
import { LoggingBroker } from "./logging.js";
import { done, failed, refused, type HostOutcome } from "./outcome.js";
import { PublishBroker } from "./publish.js";
import { RateLimit } from "./rate-limit.js";
import { TimerBroker } from "./timers.js";
import { WatchBroker, type TakeChecked } from "./watches.js";

export interface BrokerOptions {
  readonly grant: Grant;
  readonly workspace: string;
  readonly limits: PluginLimits;
  readonly config: ConfigData;
  readonly excludes: readonly string[];
  readonly ports: HostPorts;
  readonly clock: Clock;
  /** Takes a checked event; the error names the limit that was reached. */
  readonly published: (event: PublishedEvent) => Result<void, string>;
  readonly logged: (record: PluginLogRecord) => void;
  readonly audit: (record: GrantRecord) => void;
  /** Events for the guest. */
  readonly tick: () => void;
  /** Told of a change when it is reported; what it answers is given the paths when they are checked. */
  readonly changed: (subscription: bigint) => TakeChecked;
  /** A host function turned a call away because a limit was reached; told its name. */
  readonly shed: (what: string) => void;
  /** A fault of the host, not of the guest, in work that no call waits for. */
  readonly hostFailed: (error: unknown) => void;
}

const maxDelayMs = 3_600_000;

/** Does for one instance what its guest asks the host to do. Arguments are hostile; every answer is a value. */
export class Broker {
  readonly authoriser: Authoriser;
  readonly #filesystem: FilesystemBroker;
  readonly #contents: FileContentsBroker;
  readonly #watches: WatchBroker;
  readonly #publish: PublishBroker;
  readonly #logging: LoggingBroker;
  readonly #timers: TimerBroker;
  readonly #rate: RateLimit;
  readonly #callsPerSecond: number;
  readonly #store = new DisposableStore();
  readonly #shed: (what: string) => void;
  readonly #clock: Clock;
  readonly #openedFiles: HostPorts["openedFiles"];
  #config: ConfigData;

  constructor(options: BrokerOptions) {
    const { grant, limits, clock } = options;
    this.authoriser = this.#store.add(new Authoriser(grant, options.workspace, clock, options.audit));
    this.#filesystem = this.#store.add(
      new FilesystemBroker(this.authoriser, limits, clock, options.excludes),
    );
    this.#contents = this.#store.add(new FileContentsBroker(this.authoriser, limits));
    const { ports, changed, hostFailed } = options;
    this.#watches = this.#store.add(new WatchBroker(this.authoriser, ports, limits, changed, hostFailed));
    this.#logging = new LoggingBroker(grant.pluginId, limits, clock, options.logged);
    const takeLog = (text: string): boolean => this.#logging.take(text);
    this.#publish = this.#store.add(
      new PublishBroker(grant.pluginId, this.authoriser, limits, takeLog, options.published),
    );
    this.#timers = this.#store.add(new TimerBroker(limits, clock, options.tick));
    this.#callsPerSecond = limits.hostCallsPerSecond;
    this.#rate = new RateLimit(clock, limits.hostCallsPerSecond, 1_000);
    this.#config = options.config;
    this.#shed = options.shed;
    this.#clock = clock;
    this.#openedFiles = ports.openedFiles;
  }

  get denied(): number {
    return this.authoriser.denied;
  }

  get droppedLogs(): number {
    return this.#logging.dropped;
  }

  set config(config: ConfigData) {
    this.#config = config;
  }

  /** A subscription on behalf of the entry's `watch` table; `reportedBy` says who watches. */
  watch(
    directories: readonly string[],
    debounceMs: number,
    reportedBy: "host" | "caller",
  ): Promise<Result<bigint, WatchError>> {
    return this.#watches.open(directories, debounceMs, reportedBy);
  }

  /** Paths changed: tells the subscription, or without one each in whose folders they lie. */
  reportChange(paths: readonly string[], subscription?: bigint): void {
    this.#watches.report(paths, subscription);
  }

  /** The paths of a change that the plugin may know of, whoever reports it; the folders themselves if there are too many. */
  visiblePaths(subscription: bigint, paths: readonly string[]): Promise<readonly string[]> {
    return this.#watches.visible(subscription, paths);
  }

  /** The folders of a subscription. */
  watchedFolders(subscription: bigint): readonly string[] {
    return this.#watches.folders(subscription);
  }

  /** Paths of changes that wait to be checked. */
  get uncheckedChanges(): readonly string[] {
    return this.#watches.unchecked;
  }

  /** The files that are open, whether the plugin may see them or not. */
  get allOpenedFiles(): readonly string[] {
    return this.#openedFiles?.() ?? [];
  }

  /** The files that are open, of those that the plugin may see. */
  async openedFiles(): Promise<readonly string[]> {
    const opened = this.allOpenedFiles;
    const places = await Promise.all(opened.map((file) => this.authoriser.resolve(file)));
    return opened.filter((_, index) => {
      const place = places[index];
      return place?.kind === "inside" && this.authoriser.isGranted(place.path);
    });
  }

  /** Runs `task` after a while, unless it is disposed or the plugin ends before. */
  after(delayMs: number, task: () => void): Disposable {
    const timer = this.#clock.schedule(Math.min(delayMs, maxDelayMs), () => {
      this.#store.release(timer);
      task();
    });
    this.#store.add(timer);
    return toDisposable(() => this.#store.release(timer));
  }

  /** Resolves when no change waits to be checked. */
  settled(): Promise<void> {
    return this.#watches.settled();
  }

  /** Whether one more call is taken this second; one that is not is counted as shed. For calls that are not {@link call}. */
  admit(what: string): boolean {
    if (this.#rate.take(1)) return true;
    this.#shed(what);
    return false;
  }

  /** Runs one host call. What no guest can ask through its imports is `refused`, which ends it. */
  async call(interfaceName: string, functionName: string, args: readonly unknown[]): Promise<HostOutcome> {
    return this.#answer(interfaceName, functionName, args, !this.#rate.take(1));
  }

  /** The same for what an adapter does: the guest's call to it was counted by {@link admit}, or it is no guest's call. */
  async act(interfaceName: string, functionName: string, args: readonly unknown[]): Promise<HostOutcome> {
    return this.#answer(interfaceName, functionName, args, false);
  }

  async #answer(
    interfaceName: string,
    functionName: string,
    args: readonly unknown[],
    limited: boolean,
  ): Promise<HostOutcome> {
    const outcome = await this.#call(interfaceName, functionName, args, limited);
    if (isLimit(outcome)) this.#shed(`${interfaceName}.${functionName}`);
    return outcome;
  }

  async #call(
    interfaceName: string,
    functionName: string,
    args: readonly unknown[],
    limited: boolean,
  ): Promise<HostOutcome> {
    if (interfaceName === "stdio" && functionName === "write-line") return this.#writeLine(args);
    if (!isCapability(interfaceName)) return refused(`there is no interface ${interfaceName}`);
    if (!this.authoriser.capability(interfaceName))
      return refused(`the capability \`${interfaceName}\` is not granted`);
    switch (`${interfaceName}.${functionName}`) {
      case "logging.log": {
        const parsed = argumentSchemas.logging.log.safeParse(args);
        if (!parsed.success) return unfit(parsed.error, interfaceName, functionName);
        this.#logging.log(...parsed.data);
        return done();
      }
      case "filesystem.list-dir": {
        const parsed = argumentSchemas.filesystem["list-dir"].safeParse(args);
        if (!parsed.success) return unfit(parsed.error, interfaceName, functionName);
        return limited ? this.#limitReached() : this.#filesystem.listDir(...parsed.data);
      }
      case "filesystem.read-metadata": {
        const parsed = argumentSchemas.filesystem["read-metadata"].safeParse(args);
        if (!parsed.success) return unfit(parsed.error, interfaceName, functionName);
        return limited ? this.#limitReached() : this.#filesystem.readMetadata(...parsed.data);
      }
      case "filesystem.find-files": {
        const parsed = argumentSchemas.filesystem["find-files"].safeParse(args);
        if (!parsed.success) return unfit(parsed.error, interfaceName, functionName);
        return limited ? this.#limitReached() : this.#filesystem.findFiles(...parsed.data);
      }
      case "watch.subscribe": {
        const parsed = argumentSchemas.watch.subscribe.safeParse(args);
        if (!parsed.success) return unfit(parsed.error, interfaceName, functionName);
        return limited ? this.#limitReached() : this.#watches.subscribe(...parsed.data);
      }
      case "watch.unsubscribe": {
        const parsed = argumentSchemas.watch.unsubscribe.safeParse(args);
        return parsed.success
          ? this.#watches.unsubscribe(...parsed.data)
          : unfit(parsed.error, interfaceName, functionName);
      }
      case "relay.publish": {
        const parsed = argumentSchemas.relay.publish.safeParse(args);
        if (!parsed.success) return unfit(parsed.error, interfaceName, functionName);
        return limited ? this.#limitReached() : this.#publish.publish(...parsed.data);
      }
      case "config.get": {
        const parsed = argumentSchemas.config.get.safeParse(args);
        return parsed.success ? done(this.#config) : unfit(parsed.error, interfaceName, functionName);
      }
      case "timer.schedule-tick": {
        const parsed = argumentSchemas.timer["schedule-tick"].safeParse(args);
        if (!parsed.success) return unfit(parsed.error, interfaceName, functionName);
        return limited ? this.#limitReached() : this.#timers.scheduleTick(...parsed.data);
      }
      default:
        if (interfaceName === "file-contents") return this.#file(functionName, args, limited);
        return refused(`there is no function ${interfaceName}.${functionName}`);
    }
  }

  /** What stands behind the files of WASI, whose errors have no limits that are named. */
  async #file(functionName: string, args: readonly unknown[], limited: boolean): Promise<HostOutcome> {
    const contents = this.#contents;
    const schemas = argumentSchemas["file-contents"];
    // It has no error to answer with, and few folders.
    if (functionName === "folders") return contents.folders();
    switch (functionName) {
      case "stat": {
        const parsed = schemas.stat.safeParse(args);
        if (!parsed.success) return unfit(parsed.error, "file-contents", functionName);
        return limited ? this.#busy(functionName) : contents.stat(...parsed.data);
      }
      case "list": {
        const parsed = schemas.list.safeParse(args);
        if (!parsed.success) return unfit(parsed.error, "file-contents", functionName);
        return limited ? this.#busy(functionName) : contents.list(...parsed.data);
      }
      case "read": {
        const parsed = schemas.read.safeParse(args);
        if (!parsed.success) return unfit(parsed.error, "file-contents", functionName);
        return limited ? this.#busy(functionName) : contents.read(...parsed.data);
      }
      default:
        return refused(`there is no function file-contents.${functionName}`);
    }
  }

  #busy(functionName: string): HostOutcome {
    this.#shed(`file-contents.${functionName}`);
    return busy();
  }

  /** What a guest writes to stdout and stderr, which needs no capability: the guest gets nothing for it. */
  #writeLine(args: readonly unknown[]): HostOutcome {
    const parsed = argumentSchemas.stdio["write-line"].safeParse(args);
    if (!parsed.success) return unfit(parsed.error, "stdio", "write-line");
    const [stream, line] = parsed.data;
    this.#logging.log(stream === "stdout" ? "info" : "warn", line);
    return done();
  }

  [Symbol.dispose](): void {
    this.#store[Symbol.dispose]();
  }

  /** The case `limit-reached` is the same in every error of the contract that functions here answer with. */
  #limitReached(): HostOutcome {
    return failed({
      tag: "limit-reached",
      val: `more than ${this.#callsPerSecond} host calls a second (limit host_calls_per_second)`,
    });
  }
}

/** Arguments that no guest can have sent, or with more items than the function takes. */
function unfit(error: ZodError, interfaceName: string, functionName: string): HostOutcome {
  const name = `${interfaceName}.${functionName}`;
  const [issue] = error.issues;
  // Without a path it is the list of arguments itself.
  return issue?.code === "too_big" && issue.origin === "array" && issue.path.length > 0
    ? failed({ tag: "limit-reached", val: `${name} takes lists of at most ${issue.maximum} items` })
    : refused(`the arguments of ${name} do not fit its type`);
}

function isLimit(outcome: HostOutcome): boolean {
  if (outcome.kind !== "err") return false;
  const { payload } = outcome;
  return (
    typeof payload === "object" && payload !== null && "tag" in payload && payload.tag === "limit-reached"
  );
}
