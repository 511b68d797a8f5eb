import { expect, test } from "vitest";
import { urlHost } from "./url-host.js";

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["0.0.0.0", "127.0.0.1"],
  ["::", "[::1]"],
  ["::1", "[::1]"],
  ["192.168.1.5", "192.168.1.5"],
])("a server that listens on %s is reached at %s", (host, reachable) => {
  expect(urlHost(host)).toBe(reachable);
});
