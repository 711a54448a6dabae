import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

/** Whether a package is installed. Looks at files only: importing a native one could end the process. */
export function isInstalled(name: string): boolean {
  try {
    resolve(`${name}/package.json`);
    return true;
  } catch (error) {
    // A package that hides its package.json is there all the same.
    return (error as NodeJS.ErrnoException).code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
  }
}
