// Loaded into a server with `--import`: on SIGUSR2 it says on stderr how many JavaScript objects it holds without garbage.
// Numbers, texts and what V8 keeps about code (machine code above all, which grows for hours) are none.
import { queryObjects } from "node:v8";
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  process.on("SIGUSR2", () => {
    console.error(`objects: ${queryObjects(Object, { format: "count" })}`);
  });
}
