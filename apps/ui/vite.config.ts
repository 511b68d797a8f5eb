import { defineConfig } from "vite";

// Assets are found relative to the page and nothing is inlined, so that the page runs under `default-src 'self'`.
export default defineConfig({
  base: "./",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // "use client" means nothing in a page that has no server part.
      checks: { moduleLevelDirective: false },
    },
  },
});
