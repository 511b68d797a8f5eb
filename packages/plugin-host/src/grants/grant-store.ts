import path from "node:path";
import { z } from "zod";
import { capabilities, type Capability } from "../capability.js";
import { defaultLimits, limitNames, partialLimitsSchema, type PluginLimits } from "../limits.js";
import { isInsideAny } from "../paths/segments.js";
import { AuditLog, type ApprovalRecord, type ApprovedBy } from "./audit-log.js";
import { withFileLock } from "./file-lock.js";
import { readPrivateFile, writePrivateFile } from "./private-file.js";

/** What an artifact asks for, beyond what opening the workspace gives it. */
export interface GrantQuery {
  readonly sha256: string;
  /** A plugin that ships with the program: its hash and capabilities need no approval; folders and limits do. */
  readonly shipped?: boolean;
  readonly capabilities: readonly Capability[];
  /** Canonical folders outside of the workspace. */
  readonly folders: readonly string[];
  /** Limits of the entry; only those above the defaults need approval. */
  readonly limits: Partial<PluginLimits>;
}

/** What is missing: exactly this a person has to agree to. */
export interface GrantNeeds {
  /** The artifact itself was never approved. */
  readonly artifact: boolean;
  /** A person was asked for exactly this, and said no. */
  readonly denied: boolean;
  readonly capabilities: readonly Capability[];
  readonly folders: readonly string[];
  readonly limits: Partial<PluginLimits>;
}

export type GrantDecision = "granted" | { readonly needs: GrantNeeds };

/** An approval to record. What was approved for the same hash before stays. */
export interface GrantInput {
  readonly sha256: string;
  readonly pluginId: string;
  readonly capabilities: readonly Capability[];
  readonly folders: readonly string[];
  readonly limits: Partial<PluginLimits>;
  /** Where the artifact lies, absolute, by all its names: later builds at one of these are newer builds of it. */
  readonly artifactPaths?: readonly string[];
}

/** What a person was asked for, and denied. */
export type DenialInput = Omit<GrantInput, "artifactPaths">;

/** That this user does not want to be asked for it again. */
export interface StoredDenial extends DenialInput {
  /** ISO 8601. */
  readonly deniedAt: string;
}

export interface GrantOptions {
  /** For the audit. `build`: nobody was asked, since this user made the artifact from what he approved before. */
  readonly by?: ApprovedBy;
  /** The root folder is meant. */
  readonly allowRoot?: boolean;
}

/** What this user approved for one artifact. */
export interface StoredGrant extends DenialInput {
  readonly artifactPaths: readonly string[];
  /** Recorded by a build of this user's, and never shown to him. */
  readonly built: boolean;
  /** When it was last extended, ISO 8601. */
  readonly grantedAt: string;
}

/** What this user decided, as the file has it at the moment. */
export type CurrentDecisions = Pick<GrantStore, "lineage" | "denials">;

/** The store's file cannot be used. It is left as it is; nothing is granted from it. */
export class GrantStoreError extends Error {
  override readonly name = "GrantStoreError";
}

const fileName = "grants.json";
const maxBytes = 16 * 1024 * 1024;

/** Places remembered of one artifact. */
const maxPlaces = 64;

/** Denials remembered: the last ones. */
const maxDenials = 1_000;

/** Builds of one plugin that stay approved without having been shown: the newest, and the one that it replaces. */
const keptBuilds = 2;

const grantSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  pluginId: z.string().max(128),
  capabilities: z.array(z.enum(capabilities)),
  folders: z.array(z.string().max(4_096)),
  limits: partialLimitsSchema,
  artifactPaths: z.array(z.string().max(4_096)).max(maxPlaces).default([]),
  built: z.boolean().default(false),
  grantedAt: z.string().max(64),
});

const denialSchema = grantSchema
  .pick({ sha256: true, pluginId: true, capabilities: true, folders: true, limits: true })
  .extend({ deniedAt: z.string().max(64) });

const fileSchema = z.strictObject({
  version: z.literal(1),
  grants: z.array(grantSchema).max(100_000),
  denials: z.array(denialSchema).max(maxDenials).default([]),
});

/** What the file holds. */
interface Decisions {
  readonly grants: ReadonlyMap<string, StoredGrant>;
  /** The oldest first. */
  readonly denials: readonly StoredDenial[];
}

/**
 * What this user allowed, by hash of the artifact, and what he denied: `grants.json` in the user's own configuration
 * folder, mode 0600, never in a workspace. A file that cannot be read is an error, never an empty store.
 */
export class GrantStore {
  readonly file: string;
  readonly #audit: AuditLog;
  #grants: ReadonlyMap<string, StoredGrant>;
  #denials: readonly StoredDenial[];
  /** Writes, one after another. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, { grants, denials }: Decisions, audit: AuditLog) {
    this.file = file;
    this.#audit = audit;
    this.#grants = grants;
    this.#denials = denials;
  }

  /**
   * Opens the store of a configuration folder; neither needs to exist. What its audit cannot take yet is kept by `audit`.
   * Throws {@link GrantStoreError}.
   */
  static async open(folder: string, audit: AuditLog = new AuditLog(folder, () => {})): Promise<GrantStore> {
    const file = path.join(folder, fileName);
    return new GrantStore(file, await readDecisions(file), audit);
  }

  /** Reads the file again, e.g. after the command line has written it. Throws {@link GrantStoreError}. */
  async reload(): Promise<void> {
    const { grants, denials } = await readDecisions(this.file);
    this.#grants = grants;
    this.#denials = denials;
  }

  /** All approvals, by hash. */
  list(): readonly StoredGrant[] {
    return [...this.#grants.values()];
  }

  get(sha256: string): StoredGrant | undefined {
    return this.#grants.get(sha256);
  }

  /** Whether everything asked for was approved, or else what was not. */
  decide(query: GrantQuery): GrantDecision {
    const grant = this.#grants.get(query.sha256);
    const shipped = query.shipped === true;
    const allowed = new Set<Capability>(shipped ? capabilities : grant?.capabilities);
    const folders = grant?.folders ?? [];
    const missing = {
      artifact: !shipped && grant === undefined,
      capabilities: query.capabilities.filter((capability) => !allowed.has(capability)),
      folders: query.folders.filter((folder) => !isInsideAny(folders, folder)),
      limits: limitsAbove(query.limits, grant?.limits ?? {}),
    };
    const nothing =
      !missing.artifact &&
      missing.capabilities.length === 0 &&
      missing.folders.length === 0 &&
      Object.keys(missing.limits).length === 0;
    if (nothing) return "granted";
    const denied = this.denials(query.sha256).some((denial) => askedFor(denial) === askedFor(missing));
    return { needs: { ...missing, denied } };
  }

  /** What this user denied the artifact with this hash. */
  denials(sha256: string): readonly StoredDenial[] {
    return this.#denials.filter((denial) => denial.sha256 === sha256);
  }

  /** What was approved of the artifacts at this place, the newest approval first. */
  lineage(artifactPath: string): readonly StoredGrant[] {
    return lineageOf(this.#grants, artifactPath);
  }

  /** Hashes of the artifacts that are, at their place, the last ones approved: the others will not run again. */
  newest(): ReadonlySet<string> {
    const places = new Set([...this.#grants.values()].flatMap(({ artifactPaths }) => artifactPaths));
    return new Set([...places].flatMap((place) => this.lineage(place)[0]?.sha256 ?? []));
  }

  /** Records an approval. The root folder is refused unless `allowRoot` says that it is meant. */
  async grant(input: GrantInput, options: GrantOptions = {}): Promise<void> {
    await this.grantAfter(() => input, options);
  }

  /**
   * As {@link grant}, of what `choose` makes of the decisions in the file, which nobody changes meanwhile; without an
   * answer nothing is approved.
   */
  async grantAfter(
    choose: (now: CurrentDecisions) => GrantInput | undefined,
    options: GrantOptions = {},
  ): Promise<void> {
    const by = options.by ?? "command";
    let dropped: readonly StoredGrant[] = [];
    await this.#change(async ({ grants, denials }) => {
      const input = choose({
        lineage: (place) => lineageOf(grants, place),
        denials: (sha256) => denials.filter((denial) => denial.sha256 === sha256),
      });
      if (input === undefined) return false;
      checkFolders(input.folders, options.allowRoot === true);
      // First, so that nothing is ever approved of which the audit knows nothing.
      const problem = await this.#audit.write(approvalRecord("approved", by, input));
      if (problem !== undefined) throw new GrantStoreError(`nothing was approved: ${problem}`);
      // Whoever approves has changed his mind; a build decides nothing.
      if (by !== "build") remove(denials, (denial) => denial.sha256 === input.sha256);
      const before = grants.get(input.sha256);
      // Taken out, so that it comes last: the newest.
      grants.delete(input.sha256);
      grants.set(input.sha256, {
        sha256: input.sha256,
        pluginId: input.pluginId,
        capabilities: capabilities.filter(
          (name) => input.capabilities.includes(name) || before?.capabilities.includes(name) === true,
        ),
        folders: [...new Set([...(before?.folders ?? []), ...input.folders])].sort(),
        limits: highest(before?.limits ?? {}, input.limits),
        artifactPaths: [...new Set([...(before?.artifactPaths ?? []), ...(input.artifactPaths ?? [])])].slice(
          -maxPlaces,
        ),
        built: by === "build" && before?.built !== false,
        grantedAt: new Date().toISOString(),
      });
      if (by === "build")
        dropped = (input.artifactPaths ?? []).flatMap((place) => dropOldBuilds(grants, place));
      return true;
    });
    await this.#tell(dropped.map((grant) => approvalRecord("revoked", by, grant)));
  }

  /** Records that a person was asked for exactly this and said no. An approval of the same artifact ends it. */
  async deny(input: DenialInput, options: Pick<GrantOptions, "by"> = {}): Promise<void> {
    const { sha256, pluginId, capabilities: names, folders, limits } = input;
    await this.#change(({ denials }) => {
      remove(denials, (denial) => denial.sha256 === sha256 && askedFor(denial) === askedFor(input));
      denials.push({
        sha256,
        pluginId,
        capabilities: names,
        folders,
        limits,
        deniedAt: new Date().toISOString(),
      });
      denials.splice(0, denials.length - maxDenials);
      return true;
    });
    await this.#tell([approvalRecord("request-denied", options.by ?? "command", input)]);
  }

  /**
   * Takes back what was approved: for one artifact; or for all artifacts of a plugin, and for those besides which `hashes`
   * names. Answers how many there were.
   */
  async revoke(
    which: { readonly sha256: string } | { readonly pluginId: string; readonly hashes?: ReadonlySet<string> },
    options: Pick<GrantOptions, "by"> = {},
  ): Promise<number> {
    const revoked: StoredGrant[] = [];
    await this.#change(({ grants }) => {
      revoked.length = 0;
      for (const grant of grants.values()) {
        const meant =
          "sha256" in which
            ? grant.sha256 === which.sha256
            : grant.pluginId === which.pluginId || which.hashes?.has(grant.sha256) === true;
        if (meant && grants.delete(grant.sha256)) revoked.push(grant);
      }
      return true;
    });
    // Afterwards: a disk that is full must not keep anybody from taking something back.
    await this.#tell(revoked.map((grant) => approvalRecord("revoked", options.by ?? "command", grant)));
    return revoked.length;
  }

  /** Tells the audit of what has happened; what it cannot take now it takes with what follows. */
  async #tell(records: readonly ApprovalRecord[]): Promise<void> {
    for (const record of records) this.#audit.append(record);
    await this.#audit.flush();
  }

  /**
   * Changes what is in the file now, under its lock, so that what another program writes meanwhile is kept. `change` says
   * whether there is something to write.
   */
  #change(
    change: (decisions: {
      grants: Map<string, StoredGrant>;
      denials: StoredDenial[];
    }) => boolean | Promise<boolean>,
  ): Promise<void> {
    const run = async (stillHeld: () => Promise<boolean>): Promise<void> => {
      const before = await readDecisions(this.file);
      const grants = new Map(before.grants);
      const denials = [...before.denials];
      if (await change({ grants, denials })) await this.#write(grants, denials, stillHeld);
      this.#grants = grants;
      this.#denials = denials;
    };
    const written = this.#writing.then(() => withLock(this.file, run));
    this.#writing = written.catch(() => {});
    return written;
  }

  async #write(
    grants: ReadonlyMap<string, StoredGrant>,
    denials: readonly StoredDenial[],
    stillHeld: () => Promise<boolean>,
  ): Promise<void> {
    const content = fileSchema.safeParse({ version: 1, grants: [...grants.values()], denials });
    if (!content.success) {
      const [issue] = content.error.issues;
      throw new GrantStoreError(`this cannot be recorded: ${issue?.path.join(".")}: ${issue?.message}`);
    }
    if (!(await stillHeld())) throw new GrantStoreError(`another program wrote ${this.file}; try again`);
    await writePrivateFile(this.file, `${JSON.stringify(content.data, null, 2)}\n`);
  }
}

function approvalRecord(
  decision: ApprovalRecord["decision"],
  by: ApprovedBy,
  { pluginId, sha256, capabilities: names, folders, limits }: DenialInput,
): ApprovalRecord {
  return { decision, time: Date.now(), by, pluginId, sha256, capabilities: names, folders, limits };
}

function checkFolders(folders: readonly string[], allowRoot: boolean): void {
  const root = folders.find((folder) => path.dirname(folder) === folder);
  if (root !== undefined && !allowRoot) {
    throw new GrantStoreError(`${root} is the whole file system; grant a folder below it`);
  }
  const relative = folders.find((folder) => !path.isAbsolute(folder));
  if (relative !== undefined) throw new GrantStoreError(`the folder "${relative}" is not absolute`);
}

function lineageOf(grants: ReadonlyMap<string, StoredGrant>, artifactPath: string): readonly StoredGrant[] {
  return newestFirst(
    [...grants.values()].filter(({ artifactPaths }) => artifactPaths.includes(artifactPath)),
  );
}

/** In the file the newest comes last, also of two that were given in one millisecond. */
function newestFirst(grants: readonly StoredGrant[]): readonly StoredGrant[] {
  return grants
    .toReversed()
    .toSorted((a, b) => (a.grantedAt > b.grantedAt ? -1 : a.grantedAt < b.grantedAt ? 1 : 0));
}

/** Drops, and answers with, approvals of builds that newer ones have replaced: not each of a day's work stays approved. */
function dropOldBuilds(grants: Map<string, StoredGrant>, artifactPath: string): readonly StoredGrant[] {
  const builds = [...grants.values()].filter(
    ({ built, artifactPaths }) => built && artifactPaths.length === 1 && artifactPaths[0] === artifactPath,
  );
  const old = newestFirst(builds).slice(keptBuilds);
  for (const { sha256 } of old) grants.delete(sha256);
  return old;
}

async function withLock(
  file: string,
  run: (stillHeld: () => Promise<boolean>) => Promise<void>,
): Promise<void> {
  try {
    await withFileLock(file, run);
  } catch (error) {
    if (error instanceof GrantStoreError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new GrantStoreError(`the approvals cannot be written: ${reason}`, { cause: error });
  }
}

async function readDecisions(file: string): Promise<Decisions> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readPrivateFile(file, maxBytes);
  } catch (error) {
    throw new GrantStoreError(
      `the approvals cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  if (bytes === undefined) return { grants: new Map(), denials: [] };
  const text = new TextDecoder().decode(bytes);
  const advice = `correct it, or move it away to approve your plugins again`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new GrantStoreError(
      `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}; ${advice}`,
      {
        cause: error,
      },
    );
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new GrantStoreError(
      `${file}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not as expected"}; ${advice}`,
    );
  }
  return {
    grants: new Map(
      parsed.data.grants.map((grant) => [grant.sha256, { ...grant, limits: compact(grant.limits) }]),
    ),
    denials: parsed.data.denials.map((denial) => ({ ...denial, limits: compact(denial.limits) })),
  };
}

/** What is asked for, in one order: two of the same text ask for the same. */
function askedFor({
  capabilities: names,
  folders,
  limits,
}: Pick<DenialInput, "capabilities" | "folders" | "limits">): string {
  return JSON.stringify([names.toSorted(), folders.toSorted(), limitNames.map((name) => limits[name] ?? 0)]);
}

function remove<T>(items: T[], which: (item: T) => boolean): void {
  const kept = items.filter((item) => !which(item));
  items.splice(0, items.length, ...kept);
}

type Limits = { readonly [K in keyof PluginLimits]?: PluginLimits[K] | undefined };
type MutableLimits = { -readonly [K in keyof PluginLimits]?: PluginLimits[K] };

/** The limits that exceed both the default and what was approved. */
function limitsAbove(asked: Limits, approved: Limits): Partial<PluginLimits> {
  const above: MutableLimits = {};
  for (const name of limitNames) {
    const value = asked[name];
    if (value !== undefined && value > Math.max(defaultLimits[name], approved[name] ?? 0))
      above[name] = value;
  }
  return above;
}

function highest(a: Limits, b: Limits): Partial<PluginLimits> {
  const limits: MutableLimits = {};
  for (const name of limitNames) {
    const value = Math.max(a[name] ?? 0, b[name] ?? 0);
    if (value > 0) limits[name] = value;
  }
  return limits;
}

function compact(limits: Limits): Partial<PluginLimits> {
  return highest(limits, {});
}
