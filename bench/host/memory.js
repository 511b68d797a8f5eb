import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { echoComponent } from "./component.js";
import { openHost } from "./setup.js";

const count = 50;

/** What 50 idle plugins take in the host's process, against 50 bare workers in a process of their own. */
export async function memoryRows() {
  const row = {
    name: `host: memory of ${count} idle plugins`,
    against: `${count} bare workers`,
    reach: "<= 1.5",
  };
  if (process.platform !== "linux")
    return [{ ...row, ratio: undefined, note: "only Linux tells without help" }];
  const opened = openHost("process");
  try {
    const component = await echoComponent();
    await (await opened.start(component)).shutdown();
    const before = residentBytes(opened.host.processId);
    for (let each = 0; each < count; each++) await opened.start(component);
    const plugins = residentBytes(opened.host.processId) - before;
    const workers = await bareWorkers();
    return [{ ...row, ratio: plugins / workers, note: `${mb(plugins)}, workers ${mb(workers)}` }];
  } finally {
    await opened.close();
  }
}

async function bareWorkers() {
  const child = fork(fileURLToPath(new URL("./bare-workers.js", import.meta.url)));
  await once(child, "message");
  const before = residentBytes(child.pid);
  child.send(count);
  await once(child, "message");
  const bytes = residentBytes(child.pid) - before;
  child.kill();
  return bytes;
}

function residentBytes(pid) {
  return Number(/^VmRSS:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
