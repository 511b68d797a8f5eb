// Prints what `fst2vcd` says of FST files, as the digests that tests compare with. Run by the fixtures' generate.sh.
import { execFileSync } from "node:child_process";
import { basename } from "node:path";
import { digests, signalFunctions } from "./signal-functions.test.support.js";

const files = process.argv.slice(2).map((file) => {
  const text = execFileSync("fst2vcd", ["-f", file], { encoding: "latin1", maxBuffer: 1 << 30 });
  return [basename(file), digests(signalFunctions(text))] as const;
});
process.stdout.write(`${JSON.stringify(Object.fromEntries(files), undefined, 2)}\n`);
