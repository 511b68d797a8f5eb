// The thread in which one config is checked against one schema; it posts the problems and ends.
import { parentPort, workerData } from "node:worker_threads";
import { defined } from "@novywave/base";
import { validateConfig } from "./validate-config.js";

const { schema, config } = workerData as { readonly schema: unknown; readonly config: unknown };
defined(parentPort, "parentPort").postMessage(validateConfig(schema, config), []);
