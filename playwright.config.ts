import { defineConfig } from "@playwright/test";

// `npm test` finds a browser and names it here; without it Playwright's own is used.
const executablePath = process.env["NOVYWAVE_CHROMIUM"];

export default defineConfig({
  testDir: "tests",
  testMatch: ["browser/**/*.spec.ts", "soak/**/*.spec.ts"],
  fullyParallel: false,
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
