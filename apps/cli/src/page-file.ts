import { readdirSync, rmSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * A page that leads on to a server's address. Opening it instead of the address keeps the token off the command line of
 * the browser, where every user of the machine could read it.
 */
export interface PageFile {
  /** The process whose end makes the page useless. */
  readonly pid: number;
  readonly url: string;
}

const namePattern = /^novywave-page-(\d+)\.html$/u;
const pageName = (pid: number): string => `novywave-page-${pid}.html`;

/** Writes the page into `folder`, for this user alone, and returns its path. What processes that died left is removed. */
export async function writePageFile(folder: string, { pid, url }: PageFile): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const owner = namePattern.exec(name)?.[1];
    if (owner !== undefined && !lives(Number(owner))) await rm(join(folder, name), { force: true });
  }
  const path = join(folder, pageName(pid));
  await rm(path, { force: true });
  // Exclusive: nothing that somebody put there meanwhile is followed or written into.
  await writeFile(path, pageText(url), { mode: 0o600, flag: "wx" });
  return path;
}

/** Removes the page of a process, wherever it is. Synchronous, to be called while the process ends. */
export function removePageFile(runtimeFolder: string, pid: number, home: string = homedir()): void {
  for (const folder of [runtimeFolder, ...snapFolders(home).values()])
    rmSync(join(folder, pageName(pid)), { force: true });
}

/**
 * Where the page goes: the user's runtime folder, unless the browser is a snap. Those see no hidden folder, no /tmp and
 * no /run, but each has a folder below `~/snap` that it shares with the user.
 *
 * @param desktopEntry of the default browser, as `xdg-settings` tells it; snaps call theirs `<snap>_<program>.desktop`
 */
export function pageFolder(
  runtimeFolder: string,
  desktopEntry: string | undefined,
  home: string = homedir(),
): string {
  const snap = /^([a-z0-9-]+)_[\w.-]+\.desktop$/u.exec(desktopEntry ?? "")?.[1];
  return (snap === undefined ? undefined : snapFolders(home).get(snap)) ?? runtimeFolder;
}

/** `~/snap/<name>/common` of each snap that this user has run. */
export function snapFolders(home: string = homedir()): ReadonlyMap<string, string> {
  try {
    const entries = readdirSync(join(home, "snap"), { withFileTypes: true });
    return new Map(
      entries
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => [name, join(home, "snap", name, "common")]),
    );
  } catch {
    return new Map();
  }
}

function pageText(url: string): string {
  const address = url.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${address}">
<title>NovyWave</title>
<p><a href="${address}">Open NovyWave</a></p>
</html>
`;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
