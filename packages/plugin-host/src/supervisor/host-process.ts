// The plugin-host process: a supervisor at the end of a pipe. It ends with its server.
import { Socket } from "node:net";
import { FrameReader, writeChildFrame } from "../wire/frames.js";
import { pipeDescriptor } from "../wire/pipe.js";
import { SpareMemory } from "../wire/spare-memory.js";
import { disarm } from "./disarm.js";
import { Supervisor } from "./supervisor.js";
import { WorkerProgram } from "./worker-program.js";

disarm();
const pipe = new Socket({ fd: pipeDescriptor });
const spare = new SpareMemory();
const send = (written: Uint8Array<ArrayBuffer>): void => {
  pipe.write(written, () => spare.give(written.buffer));
};
const supervisor = new Supervisor(WorkerProgram.read(new URL(".", import.meta.url)), send);
const reader = FrameReader.ofServer(spare, {
  onFrame: (frame) => supervisor.receive(frame),
  onBroken: () => process.exit(1),
});
pipe.on("data", (chunk) => reader.push(chunk));
for (const event of ["end", "error", "close"] as const) pipe.on(event, () => process.exit(0));
// A terminal sends these to every process of the group; the server decides when this one ends.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
send(writeChildFrame("ready", 0, {}));
