import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
export const bin = path.join(repository, "apps/cli/bin/novywave.js");

export interface Serving {
  readonly url: string;
  readonly token: string;
  readonly port: number;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Everything that was written to stderr so far. */
  readonly stderr: () => string;
  stop(): Promise<void>;
}

/** A machine's worth of folders for one test: a workspace and the user's own folders, all removed at the end. */
export interface Sandbox {
  readonly root: string;
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

export async function makeSandbox(): Promise<Sandbox> {
  const root = await mkdtemp(path.join(tmpdir(), "novywave-test-"));
  const workspace = path.join(root, "workspace");
  const folders = Object.fromEntries(
    ["CONFIG", "STATE", "CACHE", "RUNTIME"].map((name) => [
      `NOVYWAVE_${name}_HOME`,
      path.join(root, name.toLowerCase()),
    ]),
  );
  for (const folder of [workspace, ...Object.values(folders)]) await mkdir(folder, { recursive: true });
  return {
    root,
    workspace,
    env: { ...process.env, ...folders },
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `novywave` with `args` to its end. */
export async function novywave(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd ?? repository,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

/** Starts `novywave serve --json` and waits for the line that says where it listens. */
export async function serve(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Serving> {
  const child = spawn(process.execPath, [bin, "serve", "--json", "--no-open", "--port", "0", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      const end = stdout.indexOf("\n");
      if (end >= 0) resolve(stdout.slice(0, end));
    });
    child.once("exit", (code) =>
      reject(new Error(`serve ended with ${code} before it was ready\n${stdout}${stderr}`)),
    );
  });
  const ready = JSON.parse(line) as { url: string; token: string; port: number; pid: number };
  return {
    ...ready,
    process: child,
    stderr: () => stderr,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** The JSON of `GET /api/state`. */
export interface StateSnapshot {
  readonly config: { readonly state: string; readonly message?: string };
  readonly plugins: readonly {
    readonly id: string;
    readonly state: string;
    readonly message: string;
    readonly since: number;
  }[];
  readonly files: readonly {
    readonly path: string;
    readonly format: string;
    readonly state: string;
    readonly warning?: { readonly code: string; readonly byte: number; readonly time: string };
    readonly signals: number;
    readonly start: string;
    readonly end: string;
  }[];
  readonly timeline: { readonly state: string; readonly revision: number };
}

export async function readState(serving: Serving): Promise<StateSnapshot> {
  const response = await fetch(`http://127.0.0.1:${serving.port}/api/state?token=${serving.token}`);
  if (!response.ok) throw new Error(`/api/state answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as StateSnapshot;
}

/** Asks for the state until `holds` is true; fails with the last state after `withinMs`. */
export async function stateWhere(
  serving: Serving,
  what: string,
  holds: (state: StateSnapshot) => boolean,
  withinMs = 15_000,
): Promise<StateSnapshot> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const state = await readState(serving);
    if (holds(state)) return state;
    if (Date.now() > deadline)
      throw new Error(`never saw ${what}; the last state was\n${JSON.stringify(state, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
