import { createHash } from "node:crypto";
import { serialize } from "node:v8";
import { Worker } from "node:worker_threads";
import { systemClock, type Clock } from "@novywave/base";
import { Memo } from "../memo.js";
import type { ConfigProblem } from "./config-problem.js";

/** Milliseconds for one check; what a person writes takes a few, also where the machine is busy. */
const configCheckMs = 2_000;

/** MiB of JavaScript heap for one check. */
const heapMib = 64;

/** Tests run this file from `src`; the entry of a worker is found in `dist` from there as well. */
const entry = new URL("../../dist/config/config-worker.js", import.meta.url);

export interface CheckConfigOptions {
  readonly deadlineMs?: number;
  readonly clock?: Clock;
}

/**
 * Checks an entry's `config` table against the manifest's JSON Schema; no schema allows everything. The schema comes from
 * an artifact: its patterns may backtrack for years, its references double at each level. So it is checked in a worker of
 * its own, with little memory, which is ended at the deadline wherever it is; this thread goes on meanwhile.
 */
export async function checkConfig(
  schema: unknown,
  config: unknown,
  options: CheckConfigOptions = {},
): Promise<readonly ConfigProblem[]> {
  if (schema === undefined) return [];
  const key = createHash("sha256")
    .update(serialize([schema, config]))
    .digest("hex");
  let keep = false;
  try {
    const { problems, final } = await answers.get(key, () => check(schema, config, options));
    keep = final;
    return problems;
  } finally {
    // A deadline that passed, or a thread that could not be started, says something of the machine.
    if (!keep) answers.delete(key);
  }
}

interface Answer {
  readonly problems: readonly ConfigProblem[];
  readonly final: boolean;
}

/** A thread for each of ten entries with one configuration would take longer than their plugins. */
const answers = new Memo<Promise<Answer>>(64);

async function check(schema: unknown, config: unknown, options: CheckConfigOptions): Promise<Answer> {
  const { deadlineMs = configCheckMs, clock = systemClock } = options;
  const worker = new Worker(entry, {
    workerData: { schema, config },
    env: {},
    argv: [],
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMib },
  });
  worker.stdout.resume();
  worker.stderr.resume();
  try {
    return await new Promise((resolve) => {
      const unusable = (reason: string): void =>
        resolve({
          problems: [{ path: "", message: `the plugin's config schema cannot be used: ${reason}` }],
          final: false,
        });
      // Counted from when it runs: on a busy machine the start of a thread takes its time.
      worker.once("online", () => {
        const deadline = clock.schedule(deadlineMs, () =>
          unusable(
            `checking a config against it takes more than ${deadlineMs} ms; simplify its patterns and references`,
          ),
        );
        worker.once("exit", () => deadline[Symbol.dispose]());
      });
      worker.once("message", (problems: readonly ConfigProblem[]) => resolve({ problems, final: true }));
      worker.once("error", (error) => unusable(error.message.slice(0, 500)));
      worker.once("exit", (code) => unusable(`the check ended with code ${code}`));
    });
  } finally {
    await worker.terminate();
  }
}
