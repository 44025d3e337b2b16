import { FakeClock } from './fake-clock.ts';
import { FakeLoki, type FakeLokiOptions } from './fake-loki.ts';

/** The fake clock's start, in seconds. */
export const NOON = 1_714_564_800;

export type Value = readonly [seconds: number, line: string, metadata?: Readonly<Record<string, string>>];
export type Stream = readonly [labels: Readonly<Record<string, string>>, ...values: readonly Value[]];

/** A fake Loki whose time stands at noon. */
export function startAtNoon(options: FakeLokiOptions = {}): Promise<FakeLoki> {
  return FakeLoki.start({ clock: new FakeClock(), ...options });
}

/** Sends a body as it is; the answer's status and text in one. */
export async function send(loki: FakeLoki, body: Buffer, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(loki.pushUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...headers },
    body: new Uint8Array(body),
  });
  return `${response.status} ${await response.text()}`.trimEnd();
}

/** Sends streams as JSON, the shortest form to write in a test. */
export function push(loki: FakeLoki, ...streams: readonly Stream[]): Promise<string> {
  return send(loki, pushBody(...streams), { 'content-type': 'application/json' });
}

export function pushBody(...streams: readonly Stream[]): Buffer {
  return Buffer.from(
    JSON.stringify({
      streams: streams.map(([stream, ...values]) => ({
        stream,
        values: values.map(([seconds, ...rest]) => [`${seconds}000000000`, ...rest]),
      })),
    }),
  );
}
