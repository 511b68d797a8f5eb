import { execFile, spawn } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pageFolder, snapFolders, writePageFile, type PageFile } from "./page-file.js";

type Opener =
  | { readonly ok: true; readonly command: string }
  | { readonly ok: false; readonly reason: string };

/** The program that opens pages in the user's browser, or why there is none. */
export function browserOpener(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
  isWsl: boolean = runsInWsl(env),
): Opener {
  if (platform === "darwin") return { ok: true, command: "open" };
  if (isWsl && isOnPath("wslview", env)) return { ok: true, command: "wslview" };
  if (!isWsl && !env["DISPLAY"] && !env["WAYLAND_DISPLAY"])
    return { ok: false, reason: "There is no desktop in this session." };
  if (isOnPath("xdg-open", env)) return { ok: true, command: "xdg-open" };
  return {
    ok: false,
    reason: isWsl
      ? "Neither wslview (package wslu) nor xdg-open was found."
      : "xdg-open (package xdg-utils) was not found.",
  };
}

/**
 * Opens the page in the user's browser, by way of a file (see {@link PageFile}) that whoever runs the server removes.
 * Says whether that can be done here; never waits for the browser. Throws when the file cannot be written.
 */
export async function openBrowser(page: PageFile, runtimeFolder: string): Promise<Opener> {
  const opener = browserOpener();
  if (!opener.ok) return opener;
  const path = await writePageFile(pageFolder(runtimeFolder, await defaultBrowser()), page);
  const child = spawn(opener.command, [path], { detached: true, stdio: "ignore" });
  child.on("error", () => {});
  child.unref();
  return opener;
}

/** The desktop entry of the default browser; asked for only where it could be a snap. */
function defaultBrowser(): Promise<string | undefined> {
  if (snapFolders().size === 0) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    execFile("xdg-settings", ["get", "default-web-browser"], { timeout: 2000 }, (error, stdout) =>
      resolve(error === null ? stdout.trim() : undefined),
    );
  });
}

function runsInWsl(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env["WSL_DISTRO_NAME"]) return true;
  try {
    return /microsoft/iu.test(readFileSync("/proc/version", "utf8"));
  } catch {
    return false;
  }
}

function isOnPath(name: string, env: Readonly<Record<string, string | undefined>>): boolean {
  return (env["PATH"] ?? "").split(delimiter).some((folder) => {
    if (folder === "") return false;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
