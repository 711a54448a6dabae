import { crc32 } from "node:zlib";
import { type Entry, open as openZip, type ZipFile } from "yauzl";
import { messageOf } from "../../base/errors.js";
import { type ArchiveMember, refuse } from "./member-rules.js";
import { type UnpackTarget, writeMember } from "./unpack-target.js";

const DEFLATE = 8;
const STORED = 0;
const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;
/** "Made by" Unix, in the upper byte of that field: only then the upper half of the attributes is a file mode. */
const UNIX = 3;

/**
 * Unpacks a zip by its central directory; local headers are not believed.
 * @throws {AssetError} `archive-refused`
 */
export async function unpackZip(path: string, packedBytes: number, target: UnpackTarget): Promise<void> {
  const zip = await open(path);
  try {
    target.rules.announced(zip.entryCount);
    let claimed = 0;
    for await (const entry of entries(zip)) {
      target.signal.throwIfAborted();
      const member = describe(entry);
      const name = target.rules.admit(member);
      claimed += entry.compressedSize;
      // Members that share their bytes are how a small zip unpacks to petabytes.
      if (claimed > packedBytes) throw refuse("its members overlap");
      if (member.kind === "folder") continue;
      await writeMember(target, name, await content(zip, entry), packedBytes);
    }
  } finally {
    zip.close();
  }
}

function describe(entry: Entry): ArchiveMember {
  if (entry.isEncrypted()) throw refuse(`${JSON.stringify(entry.fileName)} is encrypted`);
  if (entry.compressionMethod !== DEFLATE && entry.compressionMethod !== STORED) {
    throw refuse(`${JSON.stringify(entry.fileName)} is packed in an unknown way`);
  }
  const name = entry.fileName;
  const type = entry.versionMadeBy >> 8 === UNIX ? (entry.externalFileAttributes >>> 16) & FILE_TYPE : 0;
  if (type !== 0 && type !== REGULAR && type !== FOLDER) return { name, kind: "other" };
  return { name, kind: name.endsWith("/") || type === FOLDER ? "folder" : "file" };
}

function open(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, strictFileNames: true, validateEntrySizes: true };
    openZip(path, options, (error, zip) => {
      if (error) reject(refuse(`it is not a whole zip (${error.message})`, error));
      else resolve(zip);
    });
  });
}

async function* entries(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      const settle = (finish: () => void) => {
        zip.off("entry", onEntry);
        zip.off("end", onEnd);
        zip.off("error", onError);
        finish();
      };
      const onEntry = (found: Entry) => settle(() => resolve(found));
      const onEnd = () => settle(() => resolve(undefined));
      const onError = (error: Error) => settle(() => reject(refuse(error.message, error)));
      zip.on("entry", onEntry);
      zip.on("end", onEnd);
      zip.on("error", onError);
      zip.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

function content(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Uint8Array>> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(refuse(error.message, error));
      else resolve(checked(stream, entry.crc32));
    });
  });
}

/** The stream's bytes; wrong sizes and broken packing surface as they are read, a wrong checksum at the end. */
async function* checked(stream: AsyncIterable<Uint8Array>, crc: number): AsyncGenerator<Uint8Array> {
  const chunks = stream[Symbol.asyncIterator]();
  let sum = 0;
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw refuse(`it is damaged (${messageOf(error)})`, error);
      });
      if (next.done) break;
      sum = crc32(next.value, sum);
      yield next.value;
    }
    if (sum !== crc) throw refuse("it is damaged (a checksum inside it is wrong)");
  } finally {
    await chunks.return?.();
  }
}
