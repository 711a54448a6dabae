import { BrokerError, messageOf } from "../../base/errors.js";
import type { SupervisorApi } from "./api.js";
import { SupervisorRefusal } from "./api.js";

/** The broker the Supervisor knows of, and how to be let in. */
export interface MqttService {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/**
 * Asks anew each time: the broker may be installed later, and its password changes when it is installed again.
 * @throws {BrokerError} `broker-unreachable` with what the user can do
 */
export async function mqttService(api: SupervisorApi): Promise<MqttService> {
  const service = await api.get("/services/mqtt").catch((error) => {
    throw new BrokerError("broker-unreachable", reasonOf(error), { cause: error });
  });
  const { host, port, ssl, username, password } = service;
  if (typeof host !== "string" || !(Number(port) > 0)) {
    throw new BrokerError("broker-unreachable", "The Supervisor's MQTT service names no host and port.");
  }
  return {
    url: `${ssl === true ? "mqtts" : "mqtt"}://${host}:${Number(port)}`,
    ...(typeof username === "string" && username !== "" ? { username } : {}),
    ...(typeof password === "string" && password !== "" ? { password } : {}),
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof SupervisorRefusal)) return messageOf(error);
  if (error.status === 400) return "No MQTT broker is installed: add the Mosquitto broker add-on";
  if (error.status === 403) return "The Supervisor does not let this add-on use its MQTT service";
  return `The Supervisor has no MQTT service for us: ${error.message}`;
}
