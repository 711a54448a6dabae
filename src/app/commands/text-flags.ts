/** Those of the named flags that were given with a text. */
export function textFlags<const Name extends string>(
  flags: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): { [Key in Name]?: string } {
  const given = names.filter((name) => typeof flags[name] === "string" && flags[name] !== "");
  // The keys are those of `names`, and each value has just been found to be text.
  return Object.fromEntries(given.map((name) => [name, flags[name]])) as { [Key in Name]?: string };
}
