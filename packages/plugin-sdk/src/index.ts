export { buildAll, type BuildAllOptions } from "./build/build-all.js";
export { buildPlugin, type BuildOptions } from "./build/build.js";
export type { BuildReport } from "./build/report.js";
export { formatBuildError, type BuildError } from "./build/error.js";
export { findManifest } from "./build/layout.js";
export { appendCustomSection, manifestSection } from "./build/section.js";
export type { ShippedPlugin, ShippedPlugins } from "./build/shipped.js";
export type { Result } from "./result.js";
