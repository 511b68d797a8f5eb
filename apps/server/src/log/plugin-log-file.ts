import fs from "node:fs/promises";
import { crashText, type CrashRecord } from "@novywave/plugin-host";
import { pluginLogRecordSchema, type PluginLogRecord } from "@novywave/protocol";
import { PluginLogStore } from "./plugin-log-store.js";
import { oldLogs } from "./rotating-file.js";

/** Bytes read at a time. */
const chunkBytes = 256 * 1024;

/** What the plugins of a workspace logged, as `dev_server.log` has it: for whoever asks while no server runs. */
export class PluginLogFile {
  readonly #file: string;
  readonly #workspace: string;
  #open: OpenLog;

  private constructor(file: string, workspace: string, open: OpenLog) {
    this.#file = file;
    this.#workspace = workspace;
    this.#open = open;
  }

  /** Undefined if there is no log. */
  static async open(file: string, workspace: string): Promise<PluginLogFile | undefined> {
    const open = await OpenLog.open(file);
    return open && new PluginLogFile(file, workspace, open);
  }

  /** The last lines of each plugin so far, old files included, as a running server would answer; once, at first. */
  async last(): Promise<ReadonlyMap<string, readonly PluginLogRecord[]>> {
    const store = new PluginLogStore();
    const ids = new Set<string>();
    const keep = (record: PluginLogRecord): void => {
      store.add(record);
      ids.add(record.pluginId);
    };
    for (const old of oldLogs(this.#file).toReversed()) {
      const log = await OpenLog.open(old);
      // The one that is open already if the file was rotated just now.
      if (log && log.inode !== this.#open.inode) await this.#read(log, keep);
      await log?.close();
    }
    await this.#read(this.#open, keep);
    return new Map([...ids].map((id) => [id, store.of(id)]));
  }

  /** What was added since, also across a rotation. */
  async added(tell: (record: PluginLogRecord) => void): Promise<void> {
    const now = await OpenLog.open(this.#file);
    // Read to its end, after it was seen whether another took its place: nothing is added to it any more then.
    await this.#read(this.#open, tell);
    if (!now) return;
    if (now.inode === this.#open.inode) return now.close();
    await this.#open.close();
    this.#open = now;
    await this.#read(now, tell);
  }

  close(): Promise<void> {
    return this.#open.close();
  }

  async #read(log: OpenLog, tell: (record: PluginLogRecord) => void): Promise<void> {
    for await (const line of log.lines()) {
      const record = recordOf(line, this.#workspace);
      if (record) tell(record);
    }
  }
}

/** A log file that is open, and how far it was read. */
class OpenLog {
  readonly inode: bigint;
  readonly #handle: fs.FileHandle;
  readonly #decoder = new TextDecoder();
  #rest = "";

  private constructor(handle: fs.FileHandle, inode: bigint) {
    this.#handle = handle;
    this.inode = inode;
  }

  static async open(file: string): Promise<OpenLog | undefined> {
    let handle: fs.FileHandle;
    try {
      handle = await fs.open(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
    const stats = await handle.stat({ bigint: true });
    return new OpenLog(handle, stats.ino);
  }

  /** The lines that are complete by now and were not read yet. */
  async *lines(): AsyncGenerator<string> {
    const chunk = Buffer.alloc(chunkBytes);
    for (;;) {
      const { bytesRead } = await this.#handle.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return;
      const lines = (this.#rest + this.#decoder.decode(chunk.subarray(0, bytesRead), { stream: true })).split(
        "\n",
      );
      this.#rest = lines.pop() ?? "";
      yield* lines;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** What a line of the log says that belongs to a plugin's log; grants and what followed from a failure do not. */
function recordOf(line: string, workspace: string): PluginLogRecord | undefined {
  if (!line.includes('"plugin":')) return undefined;
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    // Cut off when the disk was full.
    return undefined;
  }
  if (typeof entry !== "object" || entry === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...entry };
  if (fields["workspace"] !== workspace || "decision" in fields || "code" in fields) return undefined;
  const { crash } = fields;
  const record = pluginLogRecordSchema.safeParse({
    pluginId: fields["plugin"],
    level: fields["level"],
    message: isCrash(crash) ? crashText(crash) : fields["msg"],
    time: Date.parse(String(fields["time"])),
  });
  return record.success ? record.data : undefined;
}

function isCrash(value: unknown): value is CrashRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    "message" in value &&
    "frames" in value &&
    Array.isArray(value.frames)
  );
}
