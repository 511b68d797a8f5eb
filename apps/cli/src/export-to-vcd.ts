import { readdir, realpath, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Worker } from "node:worker_threads";
import { exportVcd } from "@novywave/waveform";

type Exported = ReturnType<typeof exportVcd>;
type Options = NonNullable<Parameters<typeof exportVcd>[2]>;

/** As `exportVcd`; when `options.signal` is aborted, what the thread had begun to write is removed as well. */
export async function exportToVcd(
  file: string,
  output: string,
  options: Options,
): Promise<Awaited<Exported>> {
  const before = new Set(await unfinished(output));
  const ends: Promise<void>[] = [];
  const onWorker = (worker: Worker): void => {
    ends.push(new Promise((resolve) => worker.once("exit", () => resolve())));
  };
  process.on("worker", onWorker);
  try {
    const exported = await exportVcd(file, output, options);
    if (!exported.ok && exported.error.code === "cancelled") {
      // The thread writes until it has ended.
      await Promise.all(ends);
      for (const path of await unfinished(output)) if (!before.has(path)) await rm(path, { force: true });
    }
    return exported;
  } finally {
    process.removeListener("worker", onWorker);
  }
}

/** Files beside `output` that hold the first part of what will replace it: `.NAME.<12 hexadecimal digits>.tmp`. */
async function unfinished(output: string): Promise<readonly string[]> {
  const target = await realpath(output).catch(() => output);
  const folder = dirname(target);
  const prefix = `.${basename(target).slice(0, 200)}.`;
  const names = await readdir(folder).catch((): string[] => []);
  return names
    .filter((name) => name.startsWith(prefix) && /^[0-9a-f]{12}\.tmp$/u.test(name.slice(prefix.length)))
    .map((name) => join(folder, name));
}
