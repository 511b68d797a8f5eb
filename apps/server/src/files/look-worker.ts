// Thread that looks at files: many small synchronous calls, which would hold up the server on a slow disk.
import { parentPort } from "node:worker_threads";
import { defined } from "@novywave/base";
import { lookFile } from "./look-file.js";
import type { LookAnswer, LookQuestion } from "./file-access.js";

const port = defined(parentPort, "the port to the server");

port.on("message", ({ files, places }: LookQuestion) => {
  const answer: LookAnswer = files.map(({ id, file }) => ({ id, result: lookFile(file, places) }));
  port.postMessage(answer);
});
