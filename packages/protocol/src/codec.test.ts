import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkRequest,
  checkResult,
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeServerMessage,
  utf8Length,
} from "./codec.js";
import { MAX_COLUMNS, MAX_CONTROL_BYTES } from "./limits.js";
import type { ClientMessage, ServerMessage } from "./messages.js";
import type { TopicMap } from "./topics.js";

const query = {
  path: "/w/a.vcd",
  revision: 1,
  start: "0",
  end: "100",
  columns: 800,
  rows: [{ signal: 0 }, { signal: 7, analog: true }],
};

describe("client messages", () => {
  test("what is encoded decodes to the same message", () => {
    const messages: ClientMessage[] = [
      { type: "hello", token: "t", protocol: 1 },
      { type: "request", id: 3, method: "columns.query", params: query },
      { type: "cancel", id: 3 },
    ];
    for (const message of messages) {
      const text = encodeClientMessage(message);
      expect(text.ok && decodeClientMessage(text.value)).toEqual({ ok: true, value: message });
    }
  });

  test("a message above 64 KiB is refused on both sides, counted in bytes of UTF-8", () => {
    const token = "é".repeat(MAX_CONTROL_BYTES / 2);
    const encoded = encodeClientMessage({ type: "request", id: 1, method: "x", params: { token } });
    expect(encoded).toMatchObject({ ok: false, error: { code: "too-large" } });
    const text = JSON.stringify({ type: "request", id: 1, method: "x", params: { token } });
    expect(text.length).toBeLessThan(MAX_CONTROL_BYTES);
    expect(decodeClientMessage(text)).toMatchObject({ ok: false, error: { code: "too-large" } });
  });

  test.each([
    "",
    "nonsense",
    "[]",
    '{"type":"hello"}',
    '{"type":"request","id":-1,"method":"m","params":{}}',
  ])("%j is a bad request, not a throw", (text) => {
    expect(decodeClientMessage(text)).toMatchObject({ ok: false, error: { code: "bad-request" } });
  });

  test("no text makes the decoder throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(typeof decodeClientMessage(text).ok).toBe("boolean");
        expect(typeof decodeServerMessage(text).ok).toBe("boolean");
      }),
    );
  });

  test("utf8Length agrees with the encoder of the platform", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Length(text)).toBe(encodeURIComponent(text).replaceAll(/%../g, "x").length);
      }),
    );
  });
});

describe("requests", () => {
  test("parameters are checked against the method's schema", () => {
    expect(checkRequest("columns.query", query)).toEqual({
      ok: true,
      value: { method: "columns.query", params: query },
    });
    const tooWide = checkRequest("columns.query", { ...query, columns: MAX_COLUMNS + 1 });
    expect(tooWide).toMatchObject({ ok: false, error: { code: "bad-request" } });
    expect(!tooWide.ok && tooWide.error.message).toContain("columns");
  });

  test.each(["toString", "__proto__", "file.delete"])("%s is no method", (method) => {
    expect(checkRequest(method, {})).toMatchObject({ ok: false, error: { code: "unknown-method" } });
  });

  test("times are whole ticks as decimal strings, beyond 2^53", () => {
    const big = { path: "/a", signal: 1, time: "18446744073709551615", direction: "next" };
    expect(checkRequest("transition.find", big).ok).toBe(true);
    expect(checkRequest("transition.find", { ...big, time: "1e5" }).ok).toBe(false);
  });

  test("results are checked on the side that asked", () => {
    expect(checkResult("transition.find", { time: null })).toEqual({ ok: true, value: { time: null } });
    expect(checkResult("transition.find", { time: 5 }).ok).toBe(false);
    expect(checkResult("columns.query", new ArrayBuffer(8)).ok).toBe(true);
  });
});

describe("server messages", () => {
  const plugins: TopicMap["plugins"] = [
    {
      id: "novywave.hello_world",
      state: "backoff",
      message: "trapped in init",
      since: 1,
      code: "trap",
      action: "Wait for the next attempt, or retry now",
      enabled: true,
      artifactPath: "builtin:hello_world",
      attempt: 2,
      retryAt: 5_000,
      stats: { calls: 3 },
    },
  ];

  test("what is encoded decodes to the same message", () => {
    const messages: ServerMessage[] = [
      { type: "welcome", version: "0.1.0", workspace: "/w", protocol: 1 },
      { type: "state", topic: "plugins", value: plugins },
      { type: "state", topic: "timeline", value: { state: "empty", revision: 0 } },
      { type: "event", event: { kind: "refreshed", path: "/w/a.vcd", revision: 2 } },
      { type: "response", id: 1, ok: true, result: { time: "5" } },
      { type: "response", id: 1, ok: false, error: { code: "stale", message: "reloaded" } },
      { type: "progress", path: "/w/a.vcd", read: 10, total: 20 },
      { type: "goodbye", error: { code: "unauthorized", message: "wrong token" } },
    ];
    for (const message of messages) {
      expect(decodeServerMessage(encodeServerMessage(message))).toEqual({ ok: true, value: message });
    }
  });

  test("R1.3 a state outside the topic's union is refused", () => {
    const text = JSON.stringify({ type: "state", topic: "timeline", value: { state: "maybe", revision: 0 } });
    expect(decodeServerMessage(text)).toMatchObject({ ok: false, error: { code: "bad-response" } });
  });
});
