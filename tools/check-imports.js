// Holds every import to the table in tools/imports/table.js: `node tools/check-imports.js [ROOT]`.
import { fileURLToPath } from "node:url";
import { checkProject, summary } from "./imports/check.js";

const root = process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url));
const result = checkProject(root);
for (const { file, line, message } of result.violations) console.error(`${file}:${line}: ${message}`);
if (result.violations.length > 0) {
  console.error(
    `\n${result.violations.length} import${result.violations.length === 1 ? "" : "s"} to put right.`,
  );
  process.exitCode = 1;
} else console.log(summary(result));
