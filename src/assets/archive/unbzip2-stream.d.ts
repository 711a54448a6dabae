declare module "unbzip2-stream" {
  /** Takes bzip2, gives what was packed. */
  // biome-ignore lint/style/noDefaultExport: a CommonJS package arrives as the default export
  export default function unbzip2(): NodeJS.ReadWriteStream;
}
