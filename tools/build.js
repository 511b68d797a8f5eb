// Brings the clone up to date: installs, compiles, bundles and builds plugins, each only when it is stale.
import { buildProject } from "./lib/build-project.js";

const ran = await buildProject();
if (ran.length === 0) console.error("Everything is up to date.");
