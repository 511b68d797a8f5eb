import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../bin/novywave.js", import.meta.url));

/** A folder for one test, with user folders of its own beside the workspace. */
export interface Sandbox extends Disposable {
  /** Where commands run. */
  readonly workspace: string;
  readonly env: Record<string, string>;
  /** Writes a file below the workspace and returns its path. */
  write(path: string, content: string | Uint8Array): string;
  /** Runs `novywave …` in the workspace to its end. */
  run(...args: string[]): Promise<Outcome>;
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
    run: (...args) => runToEnd(args, workspace, env),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
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
    child.on("close", (code) => resolve({ code, stdout, stderr, json: () => JSON.parse(stdout) as unknown }));
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
