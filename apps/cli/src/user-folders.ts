import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where the program keeps what belongs to the user and not to a workspace. Absolute; they need not exist yet. */
export interface UserFolders {
  /** Grants. */
  readonly config: string;
  /** Logs. */
  readonly state: string;
  /** Compiled and approved artifacts; may be deleted. */
  readonly cache: string;
  /** How running servers are reached. */
  readonly runtime: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The user's folders by the XDG Base Directory Specification, on macOS by Apple's conventions. `NOVYWAVE_CONFIG_HOME`,
 * `_STATE_HOME`, `_CACHE_HOME` and `_RUNTIME_HOME` name others.
 */
export function userFolders(
  env: Environment = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): UserFolders {
  const own = (name: string): string | undefined => absolute(env[`NOVYWAVE_${name}_HOME`]);
  const standard = platform === "darwin" ? appleFolders(home) : xdgFolders(env, home);
  const state = own("STATE") ?? standard.state;
  return {
    config: own("CONFIG") ?? standard.config,
    state,
    cache: own("CACHE") ?? standard.cache,
    runtime: own("RUNTIME") ?? standard.runtime ?? join(state, "run"),
  };
}

interface StandardFolders {
  readonly config: string;
  readonly state: string;
  readonly cache: string;
  readonly runtime: string | undefined;
}

function xdgFolders(env: Environment, home: string): StandardFolders {
  // The specification: a relative path in these variables is invalid and ignored.
  const folder = (variable: string, fallback: string): string =>
    join(absolute(env[variable]) ?? join(home, fallback), "novywave");
  const runtime = absolute(env["XDG_RUNTIME_DIR"]);
  return {
    config: folder("XDG_CONFIG_HOME", ".config"),
    state: folder("XDG_STATE_HOME", ".local/state"),
    cache: folder("XDG_CACHE_HOME", ".cache"),
    runtime: runtime === undefined ? undefined : join(runtime, "novywave"),
  };
}

function appleFolders(home: string): StandardFolders {
  const support = join(home, "Library/Application Support/NovyWave");
  return {
    config: support,
    state: join(support, "State"),
    cache: join(home, "Library/Caches/NovyWave"),
    runtime: undefined,
  };
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
