import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connectToServer } from "../../apps/server/dist/index.js";
import { at } from "../../tools/lib/paths.js";
import { valueOf } from "./setup.js";

/** The whole program over a new workspace with these entries of `.novywave`; `client` is connected to it. */
export async function serve(entries) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "novywave-bench-serve-")));
  const workspace = join(root, "workspace");
  mkdirSync(workspace);
  writeFileSync(join(workspace, ".novywave"), `[plugins]\nschema_version = 1\n\n${entries.join("\n")}`);
  const homes = ["CONFIG", "STATE", "CACHE", "RUNTIME"].map((name) => [
    `NOVYWAVE_${name}_HOME`,
    join(root, name),
  ]);
  const env = { ...process.env, ...Object.fromEntries(homes) };
  const server = spawn(
    process.execPath,
    [at("apps/cli/bin/novywave.js"), "serve", "--json", "--no-open", "--port", "0", workspace],
    { env, stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = await once(createInterface(server.stdout), "line");
  const { port, token } = JSON.parse(line);
  const client = valueOf(await connectToServer({ host: "127.0.0.1", port, token }));
  return {
    workspace,
    /** The environment of commands that belong to it. */
    env,
    client,
    killPluginHost: () => process.kill(pluginHostOf(server.pid), "SIGKILL"),
    close: async () => {
      client.close();
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function pluginHostOf(pid) {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const line = lines.find(
    (each) => each.trim().split(/\s+/)[1] === String(pid) && each.includes("host-process.mjs"),
  );
  return Number(line?.trim().split(/\s+/)[0]);
}
