export const KIB = 1024;
export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

const SCALE: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  K: KIB,
  M: MIB,
  G: GIB,
  KIB,
  MIB,
  GIB,
};

/** Bytes meant by "900MB", "1.5GiB", "512M" or "1048576"; undefined when it is none of those. */
export function parseBytes(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const scale = SCALE[(match?.[2] ?? "?").toUpperCase()];
  if (!match || scale === undefined) return undefined;
  return Math.round(Number(match[1]) * scale);
}

/** Bytes for people, in the decimal units of a download page: "63 MB", "1.7 GB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  const [scale, unit] = bytes < 999_500 ? [1e3, "kB"] : bytes < 999.5e6 ? [1e6, "MB"] : [1e9, "GB"];
  const value = bytes / (scale as number);
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)} ${unit}`;
}

/** Milliseconds for people: "340 ms", "2.3 s", "4 min 5 s". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
