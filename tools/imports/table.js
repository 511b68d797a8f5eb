/**
 * Who may import whom. This table is the architecture; `check-imports.js` holds the code to it.
 *
 * Each zone is the folder of one package (or, for `plugins` and `examples`, a folder of which every subfolder is one).
 *   may       entry points of the workspace that may be imported; `*` at the end stands for anything
 *   mayType   entry points of which only types may be imported (`import type`)
 *   node      whether the code may use Node's modules
 *   portable  folders inside a zone that must stay free of Node's modules although the zone is not, with all they import
 *   bundled   the package is shipped as a bundle, so what it needs may stand among its devDependencies
 *   virtual   beginnings of names that stand for no package: what a component imports from its host
 *   packages  npm packages that may be imported; absent: those that its package.json declares
 */
export const zones = {
  "packages/base": { may: [], node: false },
  "packages/contract": { may: [], node: false },
  "packages/dataflow": { may: ["@novywave/base"], node: false },
  "packages/component-engine": { may: ["@novywave/base"], node: false },
  "packages/waveform": { may: ["@novywave/base"], node: true, portable: ["src/format"] },
  "packages/config": { may: ["@novywave/base"], node: true },
  "packages/plugin-host": {
    may: ["@novywave/base", "@novywave/component-engine", "@novywave/contract"],
    node: true,
  },
  "packages/plugin-sdk": {
    may: ["@novywave/contract", "@novywave/contract/*", "@novywave/plugin-host/testing"],
    node: true,
    portable: ["src/guest"],
    virtual: ["novywave:"],
  },
  "packages/protocol": {
    may: ["@novywave/base", "@novywave/waveform/format"],
    mayType: ["@novywave/waveform"],
    node: false,
  },
  "apps/server": {
    may: [
      "@novywave/base",
      "@novywave/contract",
      "@novywave/dataflow",
      "@novywave/component-engine",
      "@novywave/plugin-host",
      "@novywave/config",
      "@novywave/waveform",
      "@novywave/waveform/format",
      "@novywave/protocol",
    ],
    node: true,
  },
  "apps/ui": {
    may: ["@novywave/base", "@novywave/dataflow", "@novywave/protocol", "@novywave/waveform/format"],
    node: false,
    bundled: true,
  },
  "apps/cli": { may: ["*"], node: true },
  plugins: { each: true, may: ["@novywave/plugin-sdk", "@novywave/plugin-sdk/*"], node: false, packages: [] },
  examples: {
    each: true,
    may: ["@novywave/plugin-sdk", "@novywave/plugin-sdk/*"],
    node: false,
    packages: [],
  },
};

/** Code around the product: may import everything that the root's package.json or the workspace offers. */
export const freeFolders = ["tools", "tests", "bench"];

/** Packages that benches compare with where somebody installed them; no package.json names them. */
export const optionalPackages = ["vcd-stream"];

/**
 * Whether a file of a package is not part of what it ships: tests and their helpers, build scripts, configuration. Such
 * files may also use Node's modules and the development tools of the root; towards the rest of the workspace the table
 * holds for them as well.
 *
 * @param {string} path relative to the package
 * @param {boolean} shipsTesting the package exports its `testing` folder
 */
export function isDevelopmentFile(path, shipsTesting) {
  if (!/^(src|bin)\//u.test(path) || /\.test\.[^/]+$/u.test(path) || /\/test\//u.test(path)) return true;
  return !shipsTesting && /\/testing\//u.test(path);
}
