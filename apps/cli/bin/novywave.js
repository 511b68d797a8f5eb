#!/usr/bin/env node
// In a clone that was never built there is nothing to run yet; say so instead of showing a stack.
const { main } = await import("../dist/main.js").catch((error) => {
  if (error.code !== "ERR_MODULE_NOT_FOUND" && error.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
  console.error("novywave is not built yet. Run `npm start` or `npm run build` in the clone first.");
  process.exit(1);
});
await main(process.argv.slice(2));
