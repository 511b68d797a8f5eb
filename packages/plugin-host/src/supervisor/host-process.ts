// The plugin-host process: a supervisor at the end of a pipe. It ends with its server.
import { Socket } from "node:net";
import { childHeader, FrameReader } from "../wire/frames.js";
import { disarm } from "./disarm.js";
import { Supervisor } from "./supervisor.js";
import { encode } from "../wire/codec.js";
import type { ChildType, Frame } from "../wire/frames.js";
import { pipeDescriptor } from "../wire/pipe.js";

disarm();
const pipe = new Socket({ fd: pipeDescriptor });
const send = (frame: Frame<ChildType>): void => {
  pipe.cork();
  pipe.write(childHeader(frame));
  pipe.write(frame.body);
  pipe.uncork();
};
const supervisor = new Supervisor(new URL("./plugin-worker.mjs", import.meta.url), send);
const reader = FrameReader.ofServer({
  onFrame: (frame) => supervisor.receive(frame),
  onBroken: () => process.exit(1),
});
pipe.on("data", (chunk) => reader.push(chunk));
for (const event of ["end", "error", "close"] as const) pipe.on(event, () => process.exit(0));
// A terminal sends these to every process of the group; the server decides when this one ends.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
send({ type: "ready", instance: 0, body: encode({}) });
