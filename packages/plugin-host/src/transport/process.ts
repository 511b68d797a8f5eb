import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { neverStarted, openChild } from "./child-transport.js";
import { permissionFlag, sqliteFlags, traceFlags } from "./node-features.js";
import type { OpenTransport } from "./transport.js";

/** The programs of the child, each in one file (`bundle-child.js`): all that it may read. */
export const childFolder = fileURLToPath(new URL("../../dist/child/", import.meta.url));

/** Characters to which `--allow-fs-read` gives a meaning of its own; a folder with them cannot be allowed by itself. */
const flagCharacters = /[*,]/;

/** Flags of the child: the permission model where Node has it, nothing but the program readable, workers allowed. */
export function childFlags(): readonly string[] {
  const flags: string[] = [];
  if (permissionFlag !== undefined) {
    flags.push(permissionFlag, "--allow-worker", `--allow-fs-read=${childFolder}`);
  }
  flags.push(...sqliteFlags, ...traceFlags, "--no-warnings");
  return flags;
}

function startChild(): ChildProcess {
  return spawn(process.execPath, [...childFlags(), path.join(childFolder, "host-process.mjs")], {
    env: {},
    cwd: path.parse(process.cwd()).root,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
}

/**
 * Starts the plugin-host process: an empty environment, no stdin, the permission model, and one pipe. It ends when this
 * process does.
 */
export const openProcess: OpenTransport = (events) => {
  if (flagCharacters.test(childFolder)) {
    return neverStarted(
      events,
      `the program lies in ${childFolder}, and a path with * or , cannot be confined; move it`,
    );
  }
  return openChild(startChild, events);
};
