// Reads a file (first argument) with vcd-stream (second), every change delivered, and prints the seconds it took.
import { createReadStream } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: vcd } = await import(pathToFileURL(process.argv[3]).href);
const started = performance.now();
const stream = vcd.parser();
let changes = 0;
stream.change.any(() => changes++);
await new Promise((resolve, reject) => {
  stream.on("finish", resolve);
  createReadStream(process.argv[2], { highWaterMark: 1 << 20 })
    .on("error", reject)
    .pipe(stream);
});
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1_000, changes }));
