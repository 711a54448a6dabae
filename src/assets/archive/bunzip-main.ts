import { setPriority } from "node:os";
import unbzip2 from "unbzip2-stream";

/**
 * Unpacks bzip2 from standard input to standard output, in a process of its own: it takes seconds of computing for each
 * megabyte, in which nobody else could be answered. Only used where the system has no bzip2.
 */
setPriority(19);
const unpacked = unbzip2();
unpacked.on("error", (error: Error) => {
  process.stderr.write(error.message);
  process.exitCode = 1;
});
process.stdin.pipe(unpacked).pipe(process.stdout);
