import type { Broker } from "../broker/broker.js";
import { done, refused, type HostOutcome } from "../broker/outcome.js";
import type { Adapter } from "./adapter.js";
import { adapterArguments } from "./arguments.js";
import { capabilitiesOf, type AdapterName } from "./world.js";

/** One call of a plugin of NovyWave 0.2: what it needs has to be granted, and its arguments have to fit. */
export async function adaptedCall(
  name: AdapterName,
  adapter: Adapter,
  broker: Broker,
  functionName: string,
  args: readonly unknown[],
): Promise<HostOutcome> {
  const needed = capabilitiesOf(name, functionName);
  if (needed === undefined || !isFunction(functionName))
    return refused(`there is no function ${functionName}`);
  for (const capability of needed) {
    if (!broker.authoriser.capability(capability)) {
      return refused(`the capability \`${capability}\` is not granted`);
    }
  }
  if (!adapterArguments[functionName].safeParse(args).success) {
    return refused(`the arguments of ${functionName} do not fit its type`);
  }
  // Their functions have no error to answer with: too many calls find nothing and do nothing.
  if (!broker.admit(`${name}.${functionName}`)) {
    return functionName === "get-config-toml"
      ? adapter.call(functionName, args)
      : done(functionName === "get-opened-files" ? [] : undefined);
  }
  return adapter.call(functionName, args);
}

function isFunction(name: string): name is keyof typeof adapterArguments {
  return Object.hasOwn(adapterArguments, name);
}
