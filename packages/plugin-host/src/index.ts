export type { Artifact, BuiltinArtifacts } from "./artifact/artifact.js";
export { inspectArtifact, type InspectedArtifact } from "./artifact/inspect-artifact.js";
export { readSettledArtifact } from "./artifact/settled-artifact.js";
export { surveyArtifact, type ArtifactSurvey } from "./artifact/survey-artifact.js";
export type { CheckedImport } from "./artifact/check-import.js";
export type { WorldName } from "./artifact/check-exports.js";
export { disagreements } from "./manifest/agreement.js";
export type { Producer } from "./artifact/producers.js";
export {
  manifestBeside,
  makeArtifact,
  maxArtifactBytes,
  readArtifact,
  type ReadArtifactOptions,
} from "./artifact/read-artifact.js";
export { defaultExcludes } from "./broker/walk.js";
export { capabilities, isCapability, type Capability } from "./capability.js";
export { toConfigData } from "./config/config-data.js";
export { checkConfig, type CheckConfigOptions } from "./config/check-config.js";
export type { ConfigProblem } from "./config/config-problem.js";
export type { CallEvidence, LimitReached, PluginFailure, PluginFailureCode } from "./failure.js";
export { crashRecord, crashText, type CrashRecord, type GuestFrame } from "./host/crash-record.js";
export { createPluginHost } from "./host/plugin-host.js";
export type { ExportStats, PluginStats } from "./host/stats.js";
export type {
  AsyncDisposable,
  GrantRecord,
  HostLogRecord,
  HostPorts,
  PluginHost,
  PluginHostOptions,
  PluginInstance,
  PluginLogRecord,
  PublishedEvent,
  StartOptions,
  StartRequest,
} from "./host/types.js";
export {
  defaultLimits,
  limitCeilings,
  limitKey,
  limitNames,
  resolveLimits,
  withDefaults,
  type PluginLimits,
} from "./limits.js";
export type { CapabilityRequest, Manifest } from "./manifest/manifest.js";
export { parseManifest } from "./manifest/parse-manifest.js";
export { printable } from "./text.js";
export { canonicalPath, type CanonicalPath } from "./paths/canonical.js";
export { sortFolders, type SortedFolders } from "./paths/granted-folders.js";
export { ApprovedArtifacts, type KeptArtifact } from "./grants/approved-artifacts.js";
export { AuditLog, type ApprovalRecord, type ApprovedBy, type AuditRecord } from "./grants/audit-log.js";
export { approveOwnBuild, type OwnBuild, type StillAsked } from "./grants/own-build.js";
export {
  GrantStore,
  GrantStoreError,
  type GrantDecision,
  type GrantInput,
  type DenialInput,
  type GrantNeeds,
  type GrantOptions,
  type GrantQuery,
  type StoredGrant,
} from "./grants/grant-store.js";
