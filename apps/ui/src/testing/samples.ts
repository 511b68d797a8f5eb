import type { FileStatus, Method, MethodMap, VariableInfo } from "@novywave/protocol";
import { ok } from "@novywave/base";
import type { Answer, Requester } from "../connection/connection.js";
import { initialState, type AppState } from "../state/app-state.js";
import { reduce, type Action } from "../state/reducer.js";

/** A file that is open and ready, 0 to 1000 ns. */
export function sampleFile(change: Partial<FileStatus> = {}): FileStatus {
  return {
    path: "/w/a.vcd",
    name: "a.vcd",
    format: "vcd",
    state: "ready",
    signals: 3,
    variables: 3,
    scopes: 1,
    start: "0",
    end: "1000",
    timescale: { magnitude: 1, unit: "ns" },
    open: true,
    revision: 1,
    ...change,
  };
}

/** A variable of eight bits. */
export function sampleVariable(change: Partial<VariableInfo> = {}): VariableInfo {
  return {
    id: 0,
    name: "data[7:0]",
    fullName: "tb.data[7:0]",
    scope: 0,
    signal: 0,
    width: 8,
    kind: "bits",
    type: "wire",
    ...change,
  };
}

/** The state after `actions`, from a page that is connected to a workspace without saved view. */
export function stateAfter(...actions: readonly Action[]): AppState {
  const connected: Action[] = [
    { type: "connection", state: { kind: "open", version: "1", workspace: "/w" } },
    { type: "topic", topic: "view", value: { value: { openFiles: [], files: [] }, revision: 0 } },
  ];
  return [...connected, ...actions].reduce(reduce, initialState);
}

/** Files and which of them is active. */
export function filesTopics(files: FileStatus[], active?: string): Action[] {
  return [
    { type: "topic", topic: "files", value: files },
    {
      type: "topic",
      topic: "timeline",
      value: { state: "ready", revision: 1, ...(active === undefined ? {} : { activeFile: active }) },
    },
  ];
}

/** A question that a test sees and answers. */
export interface Asked<M extends Method = Method> {
  readonly method: M;
  readonly params: MethodMap[M]["params"];
  answer(value: Answer<M>): void;
}

/** A server whose answers the test gives. Without `handle` every question is answered with nothing. */
export class FakeRequester implements Requester {
  readonly asked: Asked[] = [];

  request<M extends Method>(method: M, params: MethodMap[M]["params"]): Promise<Answer<M>> {
    return new Promise((resolve) => {
      // A test answers a question with what its method answers; the list of all questions cannot say so.
      this.asked.push({ method, params, answer: (value) => resolve(value as Answer<M>) });
    });
  }

  /** The questions of one method. */
  of<M extends Method>(method: M): Asked<M>[] {
    return this.asked.filter((question) => question.method === method) as unknown as Asked<M>[];
  }

  /** The newest question of `method`, answered well. */
  succeed<M extends Method>(method: M, result: MethodMap[M]["result"]): Promise<void> {
    this.of(method).at(-1)?.answer(ok(result));
    return settled();
  }
}

/** Resolves after what was answered has had its effects. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
