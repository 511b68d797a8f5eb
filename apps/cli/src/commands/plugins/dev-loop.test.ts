import { once } from "node:events";
import { connectToServer, startServer } from "@novywave/server";
import { expect, it, onTestFinished } from "vitest";
import { shippedArtifacts } from "../../shipped-artifacts.js";
import { createSandbox, startCommand } from "../../test/run-command.js";

const manifest = `id = "example.greeter"
version = "0.2.0"
description = "Greets."
authors = ["A. Author"]
license = "MIT"
`;
const source = (greeting: string): string =>
  `import { defineSmokePlugin } from "@novywave/plugin-sdk/guest";
export const smoke = defineSmokePlugin({ init: () => "${greeting}" });
`;

it("the dev loop asks nothing: each build of plugins watch takes over in the running server by itself", async () => {
  const sandbox = createSandbox();
  onTestFinished(() => sandbox[Symbol.dispose]());
  sandbox.write("greeter/Plugin.toml", manifest);
  sandbox.write("greeter/src/index.ts", source("one"));
  sandbox.write(
    ".novywave",
    `[plugins]\nschema_version = 1\n\n[[plugins.entries]]\nid = "example.greeter"\nenabled = true\nartifact_path = "greeter/dist/example.greeter_plugin.wasm"\n`,
  );
  const folder = (name: string): string => sandbox.env[`NOVYWAVE_${name}_HOME`] ?? "";
  const server = await startServer({
    target: { kind: "folder", path: sandbox.workspace },
    port: 0,
    uiFolder: sandbox.workspace,
    builtins: await shippedArtifacts(),
    transport: "in-process",
    userFolders: {
      config: folder("CONFIG"),
      state: folder("STATE"),
      cache: folder("CACHE"),
      runtime: folder("RUNTIME"),
    },
  });
  onTestFinished(() => server.stop());
  const connected = await connectToServer(server);
  if (!connected.ok) throw new Error(connected.error.message);
  const client = connected.value;
  onTestFinished(() => client.close());
  const seen = new Set<string>();
  client.messages((message) => {
    if (message.type === "state" && message.topic === "plugins")
      for (const { state } of message.value) seen.add(state);
  });
  const says = async (greeting: string): Promise<void> => {
    await client.until("plugins", ([plugin]) => plugin?.state === "ready" && plugin.message === greeting);
  };

  const child = startCommand(sandbox, "plugins", "watch", "greeter");
  await says("one");
  sandbox.write("greeter/src/index.ts", source("two"));
  await says("two");
  expect(seen).not.toContain("needs-consent");

  const ended = once(child, "exit");
  child.kill("SIGINT");
  await ended;
}, 180_000);
