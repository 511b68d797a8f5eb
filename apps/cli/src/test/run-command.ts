import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { main } from "../main.js";

const bin = fileURLToPath(new URL("../../bin/novywave.js", import.meta.url));

/** A folder for one test, with user folders of its own beside the workspace. */
export interface Sandbox extends Disposable {
  /** Where commands run. */
  readonly workspace: string;
  readonly env: Record<string, string>;
  /** Writes a file below the workspace and returns its path. */
  write(path: string, content: string | Uint8Array): string;
  /** Runs `novywave …` in the workspace to its end, in this process, by the same `main` that the command calls. */
  run(...args: string[]): Promise<Outcome>;
  /** The same in a process of its own: for what depends on one, and takes 0.3 s and more longer. */
  spawn(...args: string[]): Promise<Outcome>;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout, read as JSON. */
  json(): unknown;
}

export function createSandbox(): Sandbox {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "novywave-cli-")));
  const workspace = join(folder, "workspace");
  mkdirSync(workspace);
  const env = {
    NOVYWAVE_CONFIG_HOME: join(folder, "config"),
    NOVYWAVE_STATE_HOME: join(folder, "state"),
    NOVYWAVE_CACHE_HOME: join(folder, "cache"),
    NOVYWAVE_RUNTIME_HOME: join(folder, "runtime"),
    // No browser may open, whatever the machine has.
    DISPLAY: "",
    WAYLAND_DISPLAY: "",
  };
  return {
    workspace,
    env,
    write(path, content) {
      const target = join(workspace, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
      return target;
    },
    run: (...args) => runHere(args, workspace, env),
    spawn: (...args) => runToEnd(args, workspace, env),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

let runningHere = false;

async function runHere(args: string[], cwd: string, env: Record<string, string>): Promise<Outcome> {
  // They share the process's folder, environment, outputs and exit code.
  if (runningHere) throw new Error("one command at a time; use spawn");
  runningHere = true;
  const before = { cwd: process.cwd(), exitCode: process.exitCode };
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    await main(args);
    return outcome(exitCodeNow(), written(stdout), written(stderr));
  } finally {
    process.exitCode = before.exitCode;
    process.chdir(before.cwd);
    vi.unstubAllEnvs();
    stdout.mockRestore();
    stderr.mockRestore();
    runningHere = false;
  }
}

const exitCodeNow = (): number => Number(process.exitCode ?? 0);

const written = (spy: { mock: { calls: readonly (readonly unknown[])[] } }): string =>
  spy.mock.calls.map(([text]) => String(text)).join("");

function outcome(code: number | null, stdout: string, stderr: string): Outcome {
  return { code, stdout, stderr, json: () => JSON.parse(stdout) as unknown };
}

function runToEnd(args: string[], cwd: string, env: Record<string, string>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...process.env, ...env } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdin.end();
    child.on("error", reject);
    child.on("close", (code) => resolve(outcome(code, stdout, stderr)));
  });
}

/** Starts `novywave …` and leaves it running. */
export function startCommand(sandbox: Sandbox, ...args: string[]): import("node:child_process").ChildProcess {
  return spawn(process.execPath, [bin, ...args], {
    cwd: sandbox.workspace,
    env: { ...process.env, ...sandbox.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
