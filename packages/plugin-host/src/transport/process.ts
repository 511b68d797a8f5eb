import { fork, type ChildProcess } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { errorCode } from "../paths/canonical.js";
import { needsExtendedConst, permissionFlag } from "./node-features.js";
import type { OpenTransport } from "./transport.js";

const maxOutputLines = 200;
const maxLineLength = 2_000;

/** What the child may read: its own program and nothing else. Glob characters in a path would widen the flag. */
export function readableFolders(): readonly string[] {
  const folders = new Set<string>();
  const pending = [packageRoot(fileURLToPath(import.meta.url))];
  for (let root = pending.pop(); root !== undefined; root = pending.pop()) {
    folders.add(path.join(root, "dist") + path.sep);
    folders.add(path.join(root, "package.json"));
    for (const name of root === packageRoot(fileURLToPath(import.meta.url)) ? runtimeDependencies : []) {
      const found = findPackage(root, name);
      if (found === undefined) continue;
      folders.add(found);
      pending.push(realpathSync(found));
    }
  }
  return [...folders];
}

/** Packages that the child's modules import. */
const runtimeDependencies = ["@novywave/base", "@novywave/component-engine"];

function packageRoot(file: string): string {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (exists(path.join(folder, "package.json"))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`${file} is in no package`);
  }
}

/** The folder under which Node finds a package: the nearest `node_modules` that has it. */
function findPackage(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, "node_modules", name);
    if (exists(path.join(candidate, "package.json"))) return candidate;
    if (folder === path.dirname(folder)) return undefined;
  }
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

/** Characters to which `--allow-fs-read` gives a meaning of its own; a folder with them cannot be allowed by itself. */
const flagCharacters = /[*,]/;

/** Flags of the child: the permission model where Node has it, nothing but the program readable, workers allowed. */
export function childFlags(): readonly string[] {
  const flags: string[] = [];
  if (permissionFlag !== undefined) {
    flags.push(permissionFlag, "--allow-worker");
    for (const folder of readableFolders()) flags.push(`--allow-fs-read=${folder}`);
  }
  if (needsExtendedConst) flags.push("--experimental-wasm-extended-const");
  flags.push("--no-warnings");
  return flags;
}

function startChild(): ChildProcess {
  return fork(fileURLToPath(new URL("../../dist/supervisor/host-process.js", import.meta.url)), [], {
    execArgv: [...childFlags()],
    env: {},
    cwd: path.parse(process.cwd()).root,
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

/**
 * Starts the plugin-host process: an empty environment, no stdin, the permission model, and one IPC channel. It ends
 * when this process does.
 */
export const openProcess: OpenTransport = ({ onMessage, onExit, onOutput }) => {
  const unusable = readableFolders().find((folder) => flagCharacters.test(folder));
  if (unusable !== undefined) {
    queueMicrotask(() =>
      onExit(`the program lies in ${unusable}, and a path with * or , cannot be confined; move it`),
    );
    return { processId: undefined, send() {}, kill() {}, close: () => Promise.resolve() };
  }
  let child: ChildProcess;
  try {
    child = startChild();
  } catch (error) {
    // Too many processes or open files, for example.
    const reason = error instanceof Error ? error.message : String(error);
    queueMicrotask(() => onExit(`it could not be started: ${reason}`));
    return { processId: undefined, send() {}, kill() {}, close: () => Promise.resolve() };
  }
  let exited = false;
  let lines = 0;
  const closed = new Promise<void>((resolve) => {
    const ended = (reason: string): void => {
      if (exited) return;
      exited = true;
      onExit(reason);
      resolve();
    };
    child.on("exit", (code, signal) =>
      ended(signal === null ? `it ended with code ${code ?? "unknown"}` : `it was ended by ${signal}`),
    );
    child.on("error", (error) => {
      if (child.pid === undefined) ended(`it could not be started: ${error.message}`);
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n")) {
        if (line !== "" && lines++ < maxOutputLines) onOutput(line.slice(0, maxLineLength));
      }
    });
  }
  child.on("message", (message) => {
    if (!exited) onMessage(message);
  });
  return {
    processId: child.pid,
    send(message) {
      // A failure to send means that the child is ending; `exit` tells.
      if (child.connected) child.send(message, () => {});
    },
    kill: () => void child.kill("SIGKILL"),
    close() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill("SIGKILL"), 1_000);
      return closed.finally(() => clearTimeout(timer));
    },
  };
};
