import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pageFolder, removePageFile, writePageFile } from "./page-file.js";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "page-file-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const pid = process.pid;
const url = "http://127.0.0.1:8080/#token=secret";

describe("the page that leads to a server", () => {
  it("is readable by this user alone, leads to the address, and goes with the process", async () => {
    const runtime = join(home, "run");
    const path = await writePageFile(runtime, { pid, url });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(runtime).mode & 0o777).toBe(0o700);
    expect(readFileSync(path, "utf8")).toContain(`content="0; url=${url}"`);
    removePageFile(runtime, pid, home);
    expect(readdirSync(runtime)).toEqual([]);
  });

  it("is not written through what lies in its place, and replaces an older one", async () => {
    symlinkSync(join(home, "victim"), join(home, `novywave-page-${pid}.html`));
    const path = await writePageFile(home, { pid, url });
    expect(await writePageFile(home, { pid, url })).toBe(path);
    expect(statSync(path).isFile()).toBe(true);
    expect(readdirSync(home)).toEqual([`novywave-page-${pid}.html`]);
  });

  it("takes away what processes that died left", async () => {
    // Process ids end far below this on every system.
    writeFileSync(join(home, "novywave-page-2147483646.html"), "");
    writeFileSync(join(home, "server-0.json"), "");
    await writePageFile(home, { pid, url });
    expect(readdirSync(home).toSorted()).toEqual([`novywave-page-${pid}.html`, "server-0.json"]);
  });

  it("lies where a browser that is a snap can read it, else in the runtime folder", async () => {
    const common = join(home, "snap/firefox/common");
    mkdirSync(common, { recursive: true });
    expect(pageFolder("/run", "firefox_firefox.desktop", home)).toBe(common);
    expect(pageFolder("/run", "chromium_chromium.desktop", home)).toBe("/run");
    expect(pageFolder("/run", "org.mozilla.firefox.desktop", home)).toBe("/run");
    expect(pageFolder("/run", undefined, home)).toBe("/run");
    await writePageFile(common, { pid, url });
    removePageFile(join(home, "run"), pid, home);
    expect(readdirSync(common)).toEqual([]);
  });

  it("cannot be left by an address", async () => {
    const path = await writePageFile(home, { pid, url: `http://x/"><script>` });
    expect(readFileSync(path, "utf8")).not.toContain("<script>");
  });
});
