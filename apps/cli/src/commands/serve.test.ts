import type { ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { connectToServer } from "@novywave/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileAppears } from "../test/file-appears.js";
import { createSandbox, startCommand, type Sandbox } from "../test/run-command.js";
import { smallVcd } from "../test/waveform.js";

let sandbox: Sandbox;
let running: ChildProcess[] = [];
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(async () => {
  await Promise.all(running.map(stop));
  running = [];
  sandbox[Symbol.dispose]();
});

interface Reachable {
  url: string;
  token: string;
  port: number;
  pid: number;
}

/** Starts `serve --json` and reads its first line. */
async function serve(...args: string[]): Promise<Reachable> {
  const child = startCommand(sandbox, "serve", "--json", ...args);
  running.push(child);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    let stdout = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      const end = stdout.indexOf("\n");
      if (end !== -1) resolve(JSON.parse(stdout.slice(0, end)) as Reachable);
    });
    child.on("exit", (code) => reject(new Error(`serve ended with ${code}: ${stdout}${stderr}`)));
  });
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, "exit") as Promise<[number | null]>;
  child.kill("SIGINT");
  return (await ended)[0];
}

async function readFiles({ port, token }: Reachable): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${port}/api/state?token=${token}`);
  const state = (await response.json()) as { files: { path: string }[] };
  return state.files.map((file) => file.path);
}

describe("serve", () => {
  it("prints where it answers as its first line, once it does, and stops on Ctrl-C with 0", async () => {
    const server = await serve(".");
    expect(server.pid).toBe(running[0]?.pid);
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/#token=${server.token}`);
    const response = await fetch(`http://127.0.0.1:${server.port}/api/state?token=${server.token}`);
    expect(response.status).toBe(200);
    const [child] = running;
    expect(child && (await stop(child))).toBe(0);
    await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow();
  });

  it("opens the first server when the same folder is served again", async () => {
    const first = await serve(".");
    const again = await sandbox.run("serve", "--json", "--no-open", sandbox.workspace);
    expect(again.code).toBe(0);
    expect(again.json()).toEqual(first);
    const text = await sandbox.run("serve", "--no-open");
    expect(text.stdout).toBe(
      `${sandbox.workspace} is open already, in process ${first.pid}:\n  ${first.url}\n`,
    );
  });

  it("opens the browser without the token on a command line, and leaves no file behind", async () => {
    // Notes what it was called with, and keeps what it was given: the browser reads it later.
    const xdgOpen = sandbox.write(
      "bin/xdg-open",
      '#!/bin/sh\necho "$@" > "$0.args"\ncp -p "$1" "$0.page"\nmv "$0.page" "$0.opened"\n',
    );
    chmodSync(xdgOpen, 0o755);
    sandbox.env["DISPLAY"] = ":99";
    sandbox.env["WSL_DISTRO_NAME"] = "";
    sandbox.env["PATH"] = `${dirname(xdgOpen)}:${process.env["PATH"]}`;
    using opened = fileAppears(dirname(xdgOpen), (name) => name === "xdg-open.opened");
    const server = await serve(".");
    await opened.path;
    const page = readFileSync(`${xdgOpen}.args`, "utf8").trim();
    expect(page).toBe(join(sandbox.env["NOVYWAVE_RUNTIME_HOME"] ?? "", `novywave-page-${server.pid}.html`));
    expect(statSync(page).mode & 0o777).toBe(0o600);
    expect(readFileSync(`${xdgOpen}.opened`, "utf8")).toContain(server.url);
    // A second one opens the same page.
    expect((await sandbox.run("serve", ".")).code).toBe(0);
    expect(readFileSync(page, "utf8")).toContain(server.url);
    const [child] = running;
    expect(child && (await stop(child))).toBe(0);
    expect(existsSync(page)).toBe(false);
  });

  it("says why no browser was opened, and how to reach it from elsewhere", async () => {
    sandbox.env["WSL_DISTRO_NAME"] = "";
    sandbox.env["SSH_CONNECTION"] = "10.0.0.2 50000 10.0.0.1 22";
    const { port } = await serve(".");
    const { stderr } = await sandbox.run("serve", ".");
    expect(stderr).toMatch(/No browser was opened\. .+ Open the address in one yourself\./u);
    expect(stderr).toContain(`ssh -L ${port}:127.0.0.1:${port} `);
  });

  it("is what plugins list asks while it runs", async () => {
    const { port, token } = await serve(".");
    const connected = await connectToServer({ host: "127.0.0.1", port, token });
    if (!connected.ok) throw new Error(connected.error.message);
    await connected.value.until(
      "plugins",
      (plugins) => plugins.length === 3 && plugins.every(({ state }) => state === "ready"),
    );
    connected.value.close();
    const listed = await sandbox.run("plugins", "list", "--json");
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    expect(listed.json()).toMatchObject([
      {
        id: "novywave.hello_world",
        enabled: true,
        state: "ready",
        message: "Hello from NovyWave",
        since: expect.any(Number) as number,
      },
      { id: "novywave.waveform_scanner", state: "ready" },
      { id: "novywave.auto_reload", state: "ready" },
    ]);
  });

  it("opens the folder of a waveform without looking for others", async () => {
    sandbox.write("other.vcd", smallVcd);
    const path = sandbox.write("small.vcd", smallVcd);
    expect(await readFiles(await serve("small.vcd"))).toEqual([path]);
  });

  it("says which port is taken and what to do, and exits with 1", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    try {
      const address = taken.address();
      const port = typeof address === "object" ? String(address?.port) : "";
      const { code, stderr } = await sandbox.run("serve", "--no-open", "--port", port);
      expect(code).toBe(1);
      expect(stderr).toMatch(new RegExp(`Port ${port} .*taken.*--port`, "u"));
    } finally {
      taken.close();
    }
  });

  it.each(["65536", "-1", "80x", ""])("exits with 2 for the port %j", async (port) => {
    const { code, stderr } = await sandbox.run("serve", "--no-open", `--port=${port}`);
    expect(code).toBe(2);
    expect(stderr).toContain("A port is a number");
  });

  it("says what is wrong with what it should open", async () => {
    sandbox.write("notes.txt", "buy milk\n");
    sandbox.write("wave.fsdb", "\u0000\u0000FSDB");
    symlinkSync("loop", join(sandbox.workspace, "loop"));
    execFileSync("mkfifo", [join(sandbox.workspace, "fifo")]);
    for (const [name, code, text] of [
      ["", "not-found", "names nothing"],
      ["absent", "not-found", "does not exist"],
      ["notes.txt/deeper", "not-found", "does not exist"],
      ["loop", "not-found", "leads round in a circle"],
      ["fifo", "not-a-file", "neither a folder nor a regular file"],
      ["notes.txt", "not-waveform", "no waveform"],
      ["wave.fsdb", "unsupported-format", "fsdb2vcd"],
    ] as const) {
      const outcome = await sandbox.run("serve", "--no-open", "--json", name);
      expect(outcome.code, name).toBe(1);
      if (name !== "") expect(outcome.stderr, name).toContain(join(sandbox.workspace, name));
      expect(outcome.json(), name).toMatchObject({
        error: { code, message: expect.stringContaining(text) as string },
      });
    }
  });
});
