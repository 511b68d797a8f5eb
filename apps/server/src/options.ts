import type { Clock } from "@novywave/base";
import type { BuiltinArtifacts } from "@novywave/plugin-host";
import type { Target } from "./workspace.js";

/** Folders of this user; each is made when it is needed, for this user alone. */
export interface UserFolders {
  /** Approvals. */
  readonly config: string;
  /** Logs. */
  readonly state: string;
  /** The bytes of what was approved. */
  readonly cache: string;
  /** How running servers are found. */
  readonly runtime: string;
}

export interface ServerOptions {
  readonly target: Target;
  /** 0 takes a free one. */
  readonly port: number;
  /** Address to listen on; 127.0.0.1 unless the user says otherwise. */
  readonly host?: string;
  /** Names by which the server may be addressed besides those of this machine. */
  readonly allowHosts?: readonly string[];
  /** The built user interface. */
  readonly uiFolder: string;
  readonly builtins: BuiltinArtifacts;
  readonly userFolders: UserFolders;
  /** Folders outside the workspace that plugins may see, in this run. */
  readonly allowDirs?: readonly string[];
  /** `allowDirs` may contain the root of the file system. */
  readonly allowRoot?: boolean;
  /** Runs the artifacts of this workspace without asking, in this run; folders outside and raised limits are still asked for. */
  readonly trustWorkspace?: boolean;
  /** Runs no plugin. */
  readonly safeMode?: boolean;
  /** Where the log goes; `dev_server.log` in the user's state folder otherwise. */
  readonly logFile?: string;
  readonly clock?: Clock;
  /** Where plugins run: in a process of their own, or in workers of this one. */
  readonly transport?: "process" | "in-process";
}

export interface RunningServer {
  /** The address of the page, with the token in its fragment. */
  readonly url: string;
  readonly token: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Absolute path of the workspace. */
  readonly workspace: string;
  /** Absolute path of the log. */
  readonly logFile: string;
  /** Ends everything that was begun; resolves when it has ended. */
  stop(): Promise<void>;
}

export type ServerStartErrorCode =
  | "not-found"
  | "not-a-folder"
  | "not-a-file"
  | "not-readable"
  | "port-in-use"
  | "port-denied"
  | "address-unavailable"
  | "listen-failed"
  | "log-failed"
  | "folder-not-allowed";

/** Why the server did not start; the message says what to do. */
export class ServerStartError extends Error {
  override readonly name = "ServerStartError";
  readonly code: ServerStartErrorCode;

  constructor(code: ServerStartErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
