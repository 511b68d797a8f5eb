// `npm start -- [FOLDER|FILE] [options of novywave serve]`: builds what is stale, then serves in this process.
import { buildProject } from "./lib/build-project.js";
import { at } from "./lib/paths.js";

await buildProject();

// Paths are meant from where the user called npm, which runs us in the clone.
const calledFrom = process.env["INIT_CWD"];
if (process.env["npm_lifecycle_event"] === "start" && calledFrom !== undefined) process.chdir(calledFrom);

const { main } = await import(at("apps/cli/dist/main.js"));
await main(["serve", ...process.argv.slice(2)], { defaultTarget: at("test_files") });
