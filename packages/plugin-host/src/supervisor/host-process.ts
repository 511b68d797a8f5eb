// The plugin-host process: a supervisor at the end of an IPC channel. It ends with its server.
import { Supervisor } from "./supervisor.js";

const supervisor = new Supervisor(new URL("./plugin-worker.js", import.meta.url), (message) => {
  process.send?.(message, undefined, undefined, () => {});
});

process.on("message", (message) => {
  // From the server that started this process, which is trusted: it is what decides.
  supervisor.receive(message as Parameters<Supervisor["receive"]>[0]);
});
// A terminal sends these to every process of the group; the server decides when this one ends.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit(0));
process.send?.({ type: "ready" });
