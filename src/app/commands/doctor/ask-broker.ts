import { randomBytes } from "node:crypto";
import { messageOf } from "../../../base/errors.js";
import type { Config } from "../../../config/schema.js";
import { classifyFailure } from "../../../gateways/mqtt/classify-failure.js";
import { type BrokerEndpoint, nameOf, parseEndpoint } from "../../../gateways/mqtt/endpoint.js";
import { openConnection } from "../../../gateways/mqtt/open-connection.js";
import { SupervisorApi } from "../../../gateways/supervisor/api.js";
import { mqttService } from "../../../gateways/supervisor/mqtt-service.js";
import type { Environment } from "../command-line.js";
import type { BrokerFacts } from "./judge-network.js";

const PATIENCE_MS = 5_000;

/** Lets itself into the broker that the server would use, and leaves again. Never rejects. */
export async function askBroker(
  { mqtt }: Config,
  env: Environment,
  underSupervisor: boolean,
): Promise<BrokerFacts> {
  if (!mqtt.enabled) return { kind: "off" };
  const configured = mqtt.url !== "";
  if (!configured && !underSupervisor) return { kind: "own" };
  try {
    const endpoint = configured ? fromSettings(mqtt) : await fromSupervisor(env);
    return await knock(endpoint);
  } catch (error) {
    return { kind: "lost", why: messageOf(error).replace(/\.$/, ""), configured };
  }
}

const fromSettings = ({ url, username, password }: Config["mqtt"]): BrokerEndpoint => ({
  url,
  ...(username ? { username } : {}),
  ...(password ? { password } : {}),
});

const fromSupervisor = (env: Environment): Promise<BrokerEndpoint> =>
  mqttService(
    new SupervisorApi({
      url: env["IRENE_SUPERVISOR_URL"] ?? "http://supervisor",
      token: env["SUPERVISOR_TOKEN"] ?? "",
    }),
  );

async function knock(endpoint: BrokerEndpoint): Promise<BrokerFacts> {
  const parsed = parseEndpoint(endpoint);
  const options = {
    clientId: `irene-doctor-${randomBytes(4).toString("hex")}`,
    maxPacketBytes: 65_536,
    connectTimeoutMs: PATIENCE_MS,
    keepAliveSeconds: 30,
    onMessage: () => undefined,
  };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const connection = await openConnection(parsed, 5, options, signal).catch((cause: unknown) => {
    throw classifyFailure(nameOf(parsed), cause);
  });
  await connection.end();
  return { kind: "reached", name: nameOf(parsed), version: connection.version };
}
