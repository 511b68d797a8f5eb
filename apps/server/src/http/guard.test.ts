import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { refusal } from "./guard.js";

function check(headers: { host?: string; origin?: string }, allowHosts: string[] = []): string | undefined {
  return refusal({ headers } as IncomingMessage, allowHosts);
}

describe("Host", () => {
  test.each(["localhost", "localhost:1", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST:3000"])(
    "%s passes",
    (host) => {
      expect(check({ host })).toBeUndefined();
    },
  );

  test.each([
    "example.com",
    "example.com:8080",
    "127.0.0.1.example.com",
    "localhost.example.com",
    "localhost:8080@example.com",
    "127.0.0.2",
    "0.0.0.0",
    "[::1",
    "localhost:",
    "",
  ])("%j is refused", (host) => {
    expect(check({ host })).toBeDefined();
  });

  test("none at all is refused", () => {
    expect(check({})).toBeDefined();
  });

  test("an allowed name passes, with its port if it names one", () => {
    expect(check({ host: "lab.example:99" }, ["lab.example"])).toBeUndefined();
    expect(check({ host: "lab.example:99" }, ["lab.example:99"])).toBeUndefined();
    expect(check({ host: "lab.example:98" }, ["lab.example:99"])).toBeDefined();
  });
});

describe("Origin", () => {
  const host = "localhost:9000";

  test("none, as programs send, and our own pass", () => {
    expect(check({ host })).toBeUndefined();
    expect(check({ host, origin: "http://localhost:9000" })).toBeUndefined();
  });

  test.each([
    "http://example.com",
    "http://localhost:9001",
    "https://localhost:9000",
    "http://127.0.0.1:9000",
    "null",
    "",
    "http://localhost:9000.example.com",
  ])("%j is refused", (origin) => {
    expect(check({ host, origin })).toBeDefined();
  });

  test("an allowed host may be reached through TLS", () => {
    expect(check({ host: "lab.example", origin: "https://lab.example" }, ["lab.example"])).toBeUndefined();
  });
});
