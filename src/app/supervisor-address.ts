const SUPERVISOR_URL = "http://supervisor";

/** Where the Supervisor is, and how it knows us; without a token there is none. */
export const supervisorAddress = (
  env: Readonly<Record<string, string | undefined>>,
): { readonly url: string; readonly token: string } => ({
  url: env["IRENE_SUPERVISOR_URL"] ?? SUPERVISOR_URL,
  token: env["SUPERVISOR_TOKEN"] ?? "",
});
