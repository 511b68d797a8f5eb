import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { browserOpener } from "../open-browser.js";
import { sha256OfFile } from "../sha256-of-file.js";
import { shippedPlugins } from "../shipped-artifacts.js";
import type { UserFolders } from "../user-folders.js";
import type { Check } from "./check.js";

export function checkBrowser(): Check {
  const opener = browserOpener();
  return opener.ok
    ? { name: "browser", state: "ok", message: `Pages are opened with ${opener.command}` }
    : {
        name: "browser",
        state: "warning",
        message: `${opener.reason} \`novywave serve\` prints the address; open it in a browser yourself.`,
      };
}

export async function checkUserFolders(folders: UserFolders): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const [name, folder] of Object.entries(folders)) {
    const problem = await whyNotWritable(folder);
    checks.push({
      name: `${name}-folder`,
      state: problem === undefined ? "ok" : "failed",
      message:
        problem === undefined
          ? folder
          : `${folder} cannot be written (${problem}). Change its permissions, or name another in NOVYWAVE_${name.toUpperCase()}_HOME.`,
    });
  }
  return checks;
}

/** Looks at the nearest folder that exists, so that looking creates nothing. */
async function whyNotWritable(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      await access(at, constants.W_OK | constants.X_OK);
      return undefined;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      if (code !== "ENOENT" || dirname(at) === at) return `${at}: ${code}`;
    }
  }
}

export async function checkShippedPlugins(folder?: string): Promise<readonly Check[]> {
  const plugins = await shippedPlugins(folder);
  if (plugins.length === 0)
    return [
      {
        name: "plugins",
        state: "failed",
        message:
          "The plugins that ship with NovyWave are not built. Run `npm start` or `npm run build` in the clone.",
      },
    ];
  const checks: Check[] = [];
  for (const { id, path, sha256 } of plugins) {
    const found = await sha256OfFile(path);
    checks.push({
      name: `plugin ${id}`,
      state: found === sha256 ? "ok" : "failed",
      message:
        found === sha256
          ? path
          : `${path} ${found === undefined ? "is missing" : "is not the file that was built"}. Run \`novywave plugins build --all\`.`,
    });
  }
  return checks;
}

const enoughWatches = 65_536;

/** Linux bounds how many folders a user may watch. */
export async function checkInotify(folder = "/proc/sys/fs/inotify"): Promise<readonly Check[]> {
  const watches = await readNumber(`${folder}/max_user_watches`);
  const instances = await readNumber(`${folder}/max_user_instances`);
  if (watches === undefined || instances === undefined) return [];
  const few = watches < enoughWatches;
  return [
    {
      name: "inotify",
      state: few ? "warning" : "ok",
      message: `${watches} folders and files may be watched, by ${instances} programs${
        few
          ? `; large workspaces need more: sudo sysctl fs.inotify.max_user_watches=${enoughWatches * 8}`
          : ""
      }`,
    },
  ];
}

/** Each WebAssembly memory reserves 10 GiB of addresses, so a limit on them keeps plugins from starting. */
export async function checkAddressSpace(file = "/proc/self/limits"): Promise<readonly Check[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  const limit = /^Max address space\s+(\S+)/mu.exec(text)?.[1];
  if (limit === undefined || limit === "unlimited") return [];
  return [
    {
      name: "address-space",
      state: "warning",
      message: `Virtual memory is limited to ${limit} bytes (ulimit -v). Every WebAssembly memory reserves 10 GiB of it; if plugins fail to start, run \`ulimit -v unlimited\` first.`,
    },
  ];
}

async function readNumber(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  return /^\d+\s*$/u.test(text) ? Number(text) : undefined;
}
