// Entry of the child process that `componentize.ts` starts: one argument, the file of the request.
import { readFile, writeFile } from "node:fs/promises";
import { componentize } from "componentize-qjs";
import type { ComponentizeRequest } from "./componentize.js";

async function main(requestFile: string): Promise<void> {
  const request = JSON.parse(await readFile(requestFile, "utf8")) as ComponentizeRequest;
  const { component } = await componentize({
    witPath: request.witFolder,
    world: request.world,
    jsSource: await readFile(request.sourceFile, "utf8"),
    sync: true,
    stubWasi: true,
    optSize: true,
  });
  await writeFile(request.outFile, component);
}

try {
  await main(process.argv[2] ?? "");
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
