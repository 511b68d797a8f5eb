import fs from "node:fs/promises";
import path from "node:path";
import { err, ok, type Result } from "@novywave/base";
import {
  GrantStore,
  GrantStoreError,
  type GrantDecision,
  type GrantInput,
  type GrantQuery,
} from "@novywave/plugin-host";

/** What this user approved. While the file of approvals cannot be read, nothing counts as approved. */
export class Grants {
  readonly #folder: string;
  #store: GrantStore | undefined;
  #problem: string | undefined;
  #text: string | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `folder` is the user's own configuration folder; it is made if need be. */
  static async open(folder: string): Promise<Grants> {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 });
    const grants = new Grants(folder);
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
      this.#store = await GrantStore.open(this.#folder);
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
    const needs = { artifact: shipped !== true, capabilities, folders, limits };
    const nothing = shipped === true && folders.length === 0 && Object.keys(limits).length === 0;
    return nothing ? "granted" : { needs };
  }

  /** Records an approval; the error is a text for people. */
  async grant(input: GrantInput): Promise<Result<void, string>> {
    if (!this.#store) return err(this.#problem ?? "the approvals cannot be read");
    try {
      await this.#store.grant(input);
      return ok();
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
