import fs from "node:fs/promises";
import path from "node:path";
import { err, ok, type Result } from "@novywave/base";
import {
  AuditLog,
  GrantStore,
  GrantStoreError,
  type GrantDecision,
  type ApprovedBy,
  type DenialInput,
  type GrantInput,
  type GrantQuery,
  type StoredGrant,
} from "@novywave/plugin-host";

/** What this user approved. While the file of approvals cannot be read, nothing counts as approved. */
export class Grants {
  readonly #folder: string;
  readonly #audit: AuditLog;
  #store: GrantStore | undefined;
  #problem: string | undefined;
  #text: string | undefined;

  private constructor(folder: string, audit: AuditLog) {
    this.#folder = folder;
    this.#audit = audit;
  }

  /** `folder` is the user's own configuration folder; it is made if need be. `audit` is its own, in the same folder. */
  static async open(folder: string, audit = new AuditLog(folder, () => {})): Promise<Grants> {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 });
    const grants = new Grants(folder, audit);
    await grants.reload();
    return grants;
  }

  get file(): string {
    return this.#store?.file ?? path.join(this.#folder, "grants.json");
  }

  /** Why the approvals cannot be read, if so. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Reads them again; false if they are what they were. */
  async reload(): Promise<boolean> {
    const text = await readOr(this.file, "");
    if (this.#text === text) return false;
    this.#text = text;
    try {
      this.#store = await GrantStore.open(this.#folder, this.#audit);
      this.#problem = undefined;
    } catch (error) {
      if (!(error instanceof GrantStoreError)) throw error;
      this.#store = undefined;
      this.#problem = error.message;
    }
    return true;
  }

  decide(query: GrantQuery): GrantDecision {
    if (this.#store) return this.#store.decide(query);
    const { capabilities, folders, limits, shipped } = query;
    const needs = { artifact: shipped !== true, denied: false, capabilities, folders, limits };
    const nothing = shipped === true && folders.length === 0 && Object.keys(limits).length === 0;
    return nothing ? "granted" : { needs };
  }

  /** What was approved of the artifact with this hash. */
  get(sha256: string): StoredGrant | undefined {
    return this.#store?.get(sha256);
  }

  /** What was approved of the artifacts at this place, the newest approval first. */
  lineage(artifactPath: string): readonly StoredGrant[] {
    return this.#store?.lineage(artifactPath) ?? [];
  }

  /** Records an approval; the error is a text for people. */
  grant(input: GrantInput, by: ApprovedBy): Promise<Result<void, string>> {
    return this.#write((store) => store.grant(input, { by }));
  }

  /** Records that a person said no; the error is a text for people. */
  deny(input: DenialInput, by: ApprovedBy): Promise<Result<void, string>> {
    return this.#write((store) => store.deny(input, { by }));
  }

  /**
   * Takes back all that was approved for a plugin: under its id, and, whatever id it had when it was approved, for the
   * artifact that runs and for those that lay at the same place. Answers how many approvals that were.
   */
  revoke(
    plugin: { readonly id: string; readonly sha256?: string; readonly places: readonly string[] },
    by: ApprovedBy,
  ): Promise<Result<number, string>> {
    const { id, sha256, places } = plugin;
    const lineage = places.flatMap((place) => this.lineage(place)).map((grant) => grant.sha256);
    const hashes = new Set([...lineage, ...(sha256 === undefined ? [] : [sha256])]);
    return this.#write((store) => store.revoke({ pluginId: id, hashes }, { by }));
  }

  async #write<T>(write: (store: GrantStore) => Promise<T>): Promise<Result<T, string>> {
    if (!this.#store) return err(this.#problem ?? "the approvals cannot be read");
    try {
      return ok(await write(this.#store));
    } catch (error) {
      if (error instanceof GrantStoreError) return err(error.message);
      throw error;
    }
  }
}

/** What cannot be read at all is told apart from every text: whoever opens it says what is wrong. */
async function readOr(file: string, none: string): Promise<string> {
  try {
    return await fs.readFile(file, "utf8");
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ENOENT" ? none : String(error);
  }
}
