import type { PluginStatus } from "@novywave/protocol";

const shown = 5;

/**
 * Links in the plugin's folders that lead out of them. The plugin sees nothing of them; a person may let it: labs link
 * `run` to a scratch disk.
 */
export function PluginOutside({ plugin }: { plugin: PluginStatus }) {
  const links = plugin.outside ?? [];
  const [first] = links;
  if (first === undefined) return null;
  const more = links.length - shown;
  return (
    <section className="plugin-outside" aria-label={`Links that ${plugin.id} may not follow`}>
      <p>
        {links.length === 1 ? "A link leads" : `${links.length} links lead`} out of the workspace, and{" "}
        {plugin.id} sees nothing behind {links.length === 1 ? "it" : "them"}:
      </p>
      <ul>
        {links.slice(0, shown).map(({ link, target }) => (
          <li key={link}>
            <code>{link}</code> → <code>{target}</code>
          </li>
        ))}
        {more > 0 && <li>and {more} more</li>}
      </ul>
      <p>
        To allow one, start with <code>--allow-dir {first.target}</code>, or name the folder under{" "}
        <code>directories</code> in the plugin’s <code>config</code>: NovyWave then asks for your consent.
      </p>
    </section>
  );
}
