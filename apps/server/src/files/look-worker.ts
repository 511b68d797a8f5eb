// Thread that looks at files: many small synchronous calls, which would hold up the server on a slow disk.
import { parentPort } from "node:worker_threads";
import { defined } from "@novywave/base";
import { lookFile } from "./look-file.js";
import type { LookAnswer, LookQuestion } from "./file-access.js";

const port = defined(parentPort, "the port to the server");

port.on("message", ({ id, file, places }: LookQuestion) => {
  port.postMessage({ id, result: lookFile(file, places) } satisfies LookAnswer);
});
