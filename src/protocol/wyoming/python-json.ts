/**
 * JSON text as Python's `json.dumps(value, ensure_ascii=False)` writes it: a space after each colon and comma,
 * letters of all scripts as they are. Members that are undefined are left out.
 * @see https://docs.python.org/3/library/json.html#json.dumps
 */
export function toPythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toPythonJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${JSON.stringify(name)}: ${toPythonJson(member)}`);
  return `{${members.join(", ")}}`;
}
