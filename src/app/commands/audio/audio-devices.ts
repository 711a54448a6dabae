import { messageOf } from "../../../base/errors.js";
import type { Config } from "../../../config/schema.js";
import type { AudioBackend, AudioDevice } from "../../../gateways/local-audio/backend.js";
import type { Surroundings } from "../../../gateways/local-audio/sound-process.js";
import { audioBackends } from "../../audio-backends.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import type { Output } from "../output.js";

interface Found {
  readonly backend: string;
  readonly title: string;
  readonly devices: readonly AudioDevice[];
  /** Why there are none. */
  readonly problem?: string;
}

/** `irene audio devices`: what each way to the hardware knows. Fails when none of them knows any. */
export async function audioDevices(
  config: Config,
  surroundings: Surroundings,
  output: Output,
): Promise<ExitCode | undefined> {
  const found = await Promise.all(audioBackends(config, surroundings).map(ask));
  if (output.json) output.line(JSON.stringify(found));
  else for (const each of found) print(each, output);
  return found.some(({ devices }) => devices.length > 0) ? undefined : EXIT.failed;
}

async function ask(backend: AudioBackend): Promise<Found> {
  const { name, title } = backend;
  try {
    const devices = await backend.devices();
    const problem = devices.length === 0 ? { problem: "it knows no devices" } : {};
    return { backend: name, title, devices, ...problem };
  } catch (error) {
    return { backend: name, title, devices: [], problem: messageOf(error) };
  }
}

function print({ backend, title, devices, problem }: Found, output: Output): void {
  output.line(`${backend}: ${title}${problem === undefined ? "" : `: ${problem}`}`);
  for (const [direction, heading] of [
    ["capture", "microphones"],
    ["play", "speakers"],
  ] as const) {
    const these = devices.filter((device) => device.direction === direction);
    if (these.length > 0) output.line(`  ${heading}`);
    for (const { id, description } of these)
      output.line(`    ${id}${description === "" || description === id ? "" : `  (${description})`}`);
  }
}
